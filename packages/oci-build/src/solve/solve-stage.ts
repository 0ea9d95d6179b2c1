import type { BaseImage } from "../base/base-image.js";
import type { StagePlan } from "../plan/step.js";
import { contextOfStage, type SolveContext } from "./solve-context.js";
import { solveStep } from "./solve-step.js";
import type { SolvedStep } from "./solved-step.js";
import { StageRoot } from "./stage-root.js";

/** A stage as far as it is built: the image at its bottom, its steps after those of the stage it stands on, and its file
 * tree. */
export interface StageSoFar {
  readonly image: BaseImage | undefined;
  readonly steps: readonly SolvedStep[];
  readonly root: StageRoot;
}

/** A stage that was built. */
export interface SolvedStage extends StageSoFar {
  readonly plan: StagePlan;
  readonly history: StagePlan["history"];
}

/** What building a stage needs beside its plan. */
export interface StageWork {
  /** The stage's place in the plan: of what could be done next, earlier stages come first. */
  readonly rank: number;
  readonly context: SolveContext;
  /** Another stage of the plan, when it is built. */
  readonly stage: (index: number) => Promise<SolvedStage>;
}

/** Runs the steps of one stage. */
export async function solveStage(plan: StagePlan, work: StageWork): Promise<SolvedStage> {
  const start = await startOf(plan, work);
  const { image } = start;
  const context = contextOfStage(work.context, plan.index);
  const steps = [...start.steps];
  let { root } = start;
  for (const step of plan.steps) {
    const result = await solveStep(step, { ...work, context, below: { image, steps, root } });
    steps.push(result);
    if (result.layer !== undefined) root = root.with(result.layer);
  }
  return { plan, image, steps, root, history: [...start.history, ...plan.history] };
}

async function startOf(
  { base }: StagePlan,
  { context, stage }: StageWork,
): Promise<StageSoFar & Pick<SolvedStage, "history">> {
  const nothing = { steps: [], history: [], image: undefined };
  if (base.kind === "scratch") return { ...nothing, root: StageRoot.empty(context.layerFiles) };
  if (base.kind === "image") {
    const { image, id, name, span } = base.from;
    context.emit({ type: "stage.based", step: { id, name, span } });
    return { ...nothing, image, root: context.imageRoots.of(image) };
  }
  const { image, steps, root, history } = await stage(base.index);
  return { image, steps, root, history };
}
