import type { BaseImage } from "../base/base-image.js";
import type { StagePlan } from "../plan/step.js";
import type { SolveContext } from "./solve-context.js";
import { solveStep } from "./solve-step.js";
import type { SolvedStep } from "./solved-step.js";
import { StageRoot } from "./stage-root.js";

/** A stage that was built: the image at its bottom, its steps after those of the stage it stands on, and its file
 * tree. */
export interface SolvedStage {
  readonly plan: StagePlan;
  readonly image: BaseImage | undefined;
  readonly steps: readonly SolvedStep[];
  readonly history: StagePlan["history"];
  readonly root: StageRoot;
}

/** Runs the steps of one stage. `solved` holds the stages that it needs, by index. */
export async function solveStage(
  plan: StagePlan,
  solved: ReadonlyMap<number, SolvedStage>,
  context: SolveContext,
): Promise<SolvedStage> {
  const below = startOf(plan, solved, context);
  let { root } = below;
  const steps = [...below.steps];
  for (const step of plan.steps) {
    const result = await solveStep(step, { root, solved, context });
    steps.push(result);
    if (result.layer !== undefined) root = root.with(result.layer);
  }
  return { plan, image: below.image, steps, history: [...below.history, ...plan.history], root };
}

type StageStart = Omit<SolvedStage, "plan">;

function startOf(
  { base }: StagePlan,
  solved: ReadonlyMap<number, SolvedStage>,
  context: SolveContext,
): StageStart {
  const nothing = { steps: [], history: [], image: undefined };
  if (base.kind === "scratch") return { ...nothing, root: StageRoot.empty(context.layerFiles) };
  if (base.kind === "image") {
    const { image, id, name, span } = base.from;
    context.emit({ type: "stage.based", step: { id, name, span } });
    return { ...nothing, image, root: context.imageRoots.of(image) };
  }
  const below = solved.get(base.index);
  if (below === undefined) throw new TypeError(`stage ${base.index} was not built`);
  return below;
}
