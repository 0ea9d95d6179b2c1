import { commonSequence } from "./common-sequence.js";

/** What matching needs of a step. */
export interface MatchableStep {
  readonly id: string;
  readonly stage: string;
  /** The instruction's text as the Dockerfile has it. */
  readonly instruction: string;
}

/** For each step of a build, by id, the step of an earlier one that it was: in stages of one name, first by the longest
 * common sequence of equal instructions, then, between those, by order and kind. New steps are left out. */
export function matchSteps<Step extends MatchableStep>(
  before: readonly Step[],
  after: readonly MatchableStep[],
): ReadonlyMap<string, Step> {
  const matched = new Map<string, Step>();
  const old = byStage(before);
  for (const [stage, steps] of byStage(after)) matchStage(old.get(stage) ?? [], steps, matched);
  return matched;
}

function byStage<Step extends MatchableStep>(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const stages = new Map<string, Step[]>();
  for (const step of steps) {
    const same = stages.get(step.stage);
    if (same === undefined) stages.set(step.stage, [step]);
    else same.push(step);
  }
  return stages;
}

function matchStage<Step extends MatchableStep>(
  before: readonly Step[],
  after: readonly MatchableStep[],
  matched: Map<string, Step>,
): void {
  const equal = commonSequence(
    before.map(({ instruction }) => instruction),
    after.map(({ instruction }) => instruction),
  );
  let [oldStart, newStart] = [0, 0];
  for (const [oldIndex, newIndex] of [...equal, [before.length, after.length] as const]) {
    matchByKind(before.slice(oldStart, oldIndex), after.slice(newStart, newIndex), matched);
    const [was, is] = [before[oldIndex], after[newIndex]];
    if (was !== undefined && is !== undefined) matched.set(is.id, was);
    [oldStart, newStart] = [oldIndex + 1, newIndex + 1];
  }
}

/** Between two equal steps: the first of a kind is the first of that kind, and so on. */
function matchByKind<Step extends MatchableStep>(
  before: readonly Step[],
  after: readonly MatchableStep[],
  matched: Map<string, Step>,
): void {
  let next = 0;
  for (const step of after) {
    const found = before.findIndex((old, index) => index >= next && kindOf(old) === kindOf(step));
    const old = before[found];
    if (old === undefined) continue;
    matched.set(step.id, old);
    next = found + 1;
  }
}

function kindOf({ instruction }: MatchableStep): string {
  return instruction.split(/\s/, 1)[0]?.toUpperCase() ?? "";
}
