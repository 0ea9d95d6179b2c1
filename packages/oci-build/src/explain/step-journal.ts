import { type BuildLog, keyField, type LoggedStep, type StepKey } from "@oci-build/cache";
import type { Snapshot } from "@oci-build/snapshot";
import type { StepOutcome } from "../events/build-event.js";
import type { Step } from "../plan/step.js";
import { contentKey } from "../solve/look-up-content.js";
import { destinationFacts } from "./destination-facts.js";
import { earlierFields } from "./earlier-fields.js";
import { matchLogged } from "./match-logged.js";
import type { PlannedStep } from "./planned-steps.js";
import { runFields } from "./run-reasons.js";
import { inputFields, readsSecret, type StepInputs } from "./step-inputs.js";

/** Writes down what the steps of a build were made of, for the next build to compare with. */
export class StepJournal {
  readonly #steps: readonly PlannedStep[];
  readonly #inputs = new Map<string, StepInputs>();
  readonly #runKeys = new Map<string, StepKey>();
  readonly #keepsFacts: boolean;

  constructor(steps: readonly PlannedStep[]) {
    this.#steps = steps;
    // A secret in a path would show in the facts of all steps that come after it.
    this.#keepsFacts = !steps.some(({ step }) => readsSecret(step));
  }

  async begins(step: Step, parent: Snapshot): Promise<void> {
    const facts = this.#keepsFacts ? await destinationFacts(step, parent) : undefined;
    this.#inputs.set(step.id, { instruction: step.text, variables: step.variables, facts });
  }

  keyed(stepId: string, key: StepKey): void {
    this.#runKeys.set(stepId, key);
  }

  inputsOf(stepId: string): StepInputs {
    const inputs = this.#inputs.get(stepId);
    if (inputs === undefined) throw new TypeError(`step ${stepId} has not begun`);
    return inputs;
  }

  /** The steps as a log has them, with their layers in one form. `outcomes` are by id; `last` is the build before. */
  logged(
    outcomes: ReadonlyMap<string, StepOutcome>,
    { form, last }: { readonly form: string; readonly last: BuildLog | undefined },
  ): readonly LoggedStep[] {
    const earlier = matchLogged(last, this.#steps);
    return this.#steps.flatMap(({ id, stage, instruction }) => {
      const outcome = outcomes.get(id);
      if (outcome === undefined) return [];
      const logged = this.#loggedStep({ id, stage, name: instruction }, outcome, form);
      return [withEarlier(logged, earlier), ...this.#contentOfRun(logged)];
    });
  }

  /** What a RUN gave has a record of its own, which the project uses as well. */
  #contentOfRun({ id, contentDigest, layers }: LoggedStep): readonly LoggedStep[] {
    if (!this.#runKeys.has(id) || contentDigest === undefined || layers.length === 0) return [];
    const { digest: key } = contentKey(contentDigest);
    return [{ id: `${id}.content`, stage: undefined, name: "RUN", key, fields: [], contentDigest, layers }];
  }

  #loggedStep(
    named: Pick<LoggedStep, "id" | "stage" | "name">,
    { contentDigest, layer, status }: StepOutcome,
    form: string,
  ): LoggedStep {
    const runKey = this.#runKeys.get(named.id);
    return {
      ...named,
      key: (runKey ?? contentKey(contentDigest)).digest,
      fields: [
        ...inputFields(this.inputsOf(named.id)),
        ...runFields(runKey?.fields ?? []),
        keyField("form", "string", form),
        keyField("status", "string", status),
      ],
      contentDigest,
      layers: layer === undefined ? [] : [{ digest: layer.digest, diffId: layer.diffId }],
    };
  }
}

/** A step that was executed, with what it was in the build before: then that can be told apart later. */
function withEarlier(step: LoggedStep, earlier: ReadonlyMap<string, LoggedStep>): LoggedStep {
  const was = earlier.get(step.id);
  const isExecuted = step.fields.some(({ name, value }) => name === "status" && value === "executed");
  return was === undefined || !isExecuted
    ? step
    : { ...step, fields: [...step.fields, ...earlierFields(was)] };
}
