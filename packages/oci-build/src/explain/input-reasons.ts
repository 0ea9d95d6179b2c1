import { looksSecret } from "@oci-build/cache";
import type { StepVariable } from "../plan/step.js";
import type { MissReason } from "./step-explanation.js";
import type { StepInputs } from "./step-inputs.js";

/** The last step below one whose content changed, or that is new. */
export type ChangedParent = { readonly id: string; readonly instruction: string };

/** What of a step's own text, variables and surroundings changed since an earlier build. What the tree below it says
 * counts only while the instruction is the same: another destination has other facts. */
export function inputReasons(
  { before, after }: { readonly before: StepInputs; readonly after: StepInputs },
  parent: ChangedParent | undefined,
): readonly MissReason[] {
  const own = [...instructionReason(before, after), ...variableReasons(before.variables, after.variables)];
  return own.length > 0 ? own : factReasons(before, after, parent);
}

function instructionReason(before: StepInputs, after: StepInputs): readonly MissReason[] {
  if (before.instruction === after.instruction) return [];
  return [{ kind: "instruction", before: before.instruction, after: after.instruction }];
}

function variableReasons(
  before: readonly StepVariable[],
  after: readonly StepVariable[],
): readonly MissReason[] {
  const old = new Map(before.map((variable) => [variable.name, variable]));
  return after.flatMap((variable): MissReason[] => {
    const was = old.get(variable.name);
    // A variable that the instruction did not read before is a change of the instruction.
    if (was === undefined || was.value === variable.value) return [];
    const { name, scope, value } = variable;
    if (looksSecret(name)) {
      return [{ kind: "variable", scope, name, before: undefined, after: undefined, hidden: true }];
    }
    return [{ kind: "variable", scope, name, before: was.value, after: value, hidden: false }];
  });
}

function factReasons(
  before: StepInputs,
  after: StepInputs,
  parent: ChangedParent | undefined,
): readonly MissReason[] {
  const old = new Map(before.facts);
  const changed = (after.facts ?? []).flatMap(([fact, value]) => {
    const was = old.get(fact);
    if (was === undefined || was === value) return [];
    return [{ kind: "parent", fact, before: was, after: value, step: parent } as const];
  });
  // Of the place, the first says it all: elsewhere other names exist, and where more exists something else is found.
  const [place] = changed.filter(({ fact }) => fact !== "owner");
  return changed.filter((reason) => reason.fact === "owner" || reason === place);
}
