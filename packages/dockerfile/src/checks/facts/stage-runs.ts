import type { Stage } from "../../stages/stage.js";
import { stageTriggers } from "../../stages/stage-graph.js";
import type { PlacedInstruction } from "./placed-instruction.js";

/** How often triggers run in the checks of one Dockerfile. Each runs in every stage on its own, so their number is
 * that of triggers times that of stages.
 * Differs: BuildKit has no limit of triggers; of ours the first 10,000 are checked. */
export const triggerRunsMax = 10_000;

const noRuns: readonly never[] = [];

/** Gives the instructions that a stage runs: the triggers of the stage that it builds on, then its own.
 * Differs: BuildKit checks triggers only in stages that the target needs; we check them in every stage that runs them.
 * @see https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerfile/dockerfile2llb/convert.go (initOnBuildTriggers) */
export function stageRuns(): (stage: Stage, parent: Stage | undefined) => readonly PlacedInstruction[] {
  const triggersOf = new Map<Stage, ReturnType<typeof stageTriggers>>();
  let runsLeft = triggerRunsMax;
  return (stage, parent) => {
    const own =
      stage.instructions.length === 0
        ? noRuns
        : stage.instructions.map((instruction) => ({ instruction, stage, origin: "own" }) as const);
    if (parent === undefined) return own;
    const triggers = triggersOf.get(parent) ?? stageTriggers(parent);
    triggersOf.set(parent, triggers);
    if (triggers.length === 0) return own;
    const runs: PlacedInstruction[] = triggers
      .slice(0, runsLeft)
      .map((instruction) => ({ instruction, stage, origin: "trigger" }));
    runsLeft -= runs.length;
    for (const placed of own) runs.push(placed);
    return runs;
  };
}
