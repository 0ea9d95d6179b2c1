import { type KeyField, keyField, looksSecret } from "@oci-build/cache";
import type { StepVariable } from "../plan/step.js";
import type { FactName } from "./step-explanation.js";

/** What is remembered of a step beside its key, so that the next build can say what changed. `facts` is undefined when
 * its values could hold a secret. */
export interface StepInputs {
  /** The instruction's text as the Dockerfile has it. */
  readonly instruction: string;
  readonly variables: readonly StepVariable[];
  readonly facts: readonly StepFact[] | undefined;
}

export type StepFact = readonly [name: FactName, value: string];

const SCOPES = ["ARG", "ENV"] as const;
const FACTS: readonly FactName[] = ["destination", "existing", "found", "owner"];

/** The inputs as fields of a log, which hides the values of pairs whose names look like secrets. */
export function inputFields({ instruction, variables, facts }: StepInputs): readonly KeyField[] {
  const unset = variables.filter(({ value }) => value === undefined).map(({ name }) => name);
  const pairsOf = (wanted: StepVariable["scope"]): [string, string][] =>
    variables.flatMap(({ scope, name, value }): [string, string][] =>
      scope === wanted && value !== undefined ? [[name, value]] : [],
    );
  return [
    keyField("instruction", "string", instruction),
    ...SCOPES.map((scope) => keyField(scope, "pair-list", pairsOf(scope))),
    keyField("unset", "string-list", unset),
    ...(facts === undefined ? [] : [keyField("facts", "pair-list", facts)]),
  ];
}

/** What `inputFields` wrote, or undefined for fields that others wrote. Hidden values stay hidden. */
export function readInputs(fields: readonly KeyField[]): StepInputs | undefined {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const instruction = byName.get("instruction");
  if (instruction?.kind !== "string") return undefined;
  const set = SCOPES.flatMap((scope) =>
    pairs(byName.get(scope)).map(([name, value]): StepVariable => ({ scope, name, value })),
  );
  const unset = byName.get("unset");
  const names = unset?.kind === "string-list" ? unset.value : [];
  const facts = byName.get("facts");
  return {
    instruction: instruction.value,
    variables: [...set, ...names.map((name) => ({ scope: "ARG", name, value: undefined }) as const)],
    facts: facts === undefined ? undefined : pairs(facts).flatMap(factOf),
  };
}

/** Whether paths of what a step writes may hold a secret: some variable that it reads looks like one. */
export function readsSecret({ variables }: Pick<StepInputs, "variables">): boolean {
  return variables.some(({ name }) => looksSecret(name));
}

function pairs(field: KeyField | undefined): readonly (readonly [string, string])[] {
  return field?.kind === "pair-list" ? field.value : [];
}

function factOf([name, value]: readonly [string, string]): readonly StepFact[] {
  const known = FACTS.find((fact) => fact === name);
  return known === undefined ? [] : [[known, value]];
}
