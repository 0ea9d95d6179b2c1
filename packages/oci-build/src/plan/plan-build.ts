import type { RunInstruction } from "@oci-build/dockerfile";
import { imageKey } from "../base/image-resolver.js";
import { buildError } from "../errors.js";
import { globalArgs } from "./global-args.js";
import { type NeededImage, neededImages } from "./needed-images.js";
import { orderStages } from "./order-stages.js";
import { PlanError } from "./plan-error.js";
import type { PlanInput } from "./plan-input.js";
import { type PlannedStage, planStage } from "./plan-stage.js";
import { type ResolvedFile, resolveFile, stageNamesOf } from "./resolve-stages.js";
import type { BuildPlan } from "./step.js";
import { findUnsupported } from "./unsupported.js";
import { unusedBuildArgs } from "./unused-build-args.js";

/** The images that have to be known before `planBuild`. Asked again with those, it may give more, which their ONBUILD
 * triggers name; when it gives none, the file can be planned.
 * @throws OciBuildError as `planBuild` */
export function imagesNeeded(input: PlanInput, file: string): readonly NeededImage[] {
  return inFile(file, () => {
    const resolved = resolveFile(input, globalArgs(input));
    refuseUnsupported(resolved, file);
    return neededImages(resolved, input);
  });
}

/** As `imagesNeeded`, with every stage as the target, and whether this version can run it or not. */
export function imagesOfAllStages(input: PlanInput, file: string): readonly NeededImage[] {
  const needed = inFile(file, () =>
    input.dockerfile.stages.flatMap(({ name, index }) => {
      const forTarget = { ...input, target: name };
      return neededImages(resolveFile(forTarget, globalArgs(forTarget), index), input);
    }),
  );
  return [...new Map(needed.map((image) => [imageKey(image.name, image.platform), image])).values()];
}

/** Resolves a Dockerfile for one target and one platform, without touching a file.
 * `file` is how errors name the Dockerfile.
 * @throws OciBuildError BUILD_DOCKERFILE_INVALID, BUILD_TARGET_MISSING, BUILD_UNSUPPORTED */
export function planBuild(input: PlanInput, file: string): BuildPlan {
  return inFile(file, () => plan(input, file));
}

/** The RUN steps that the target needs, as far as they are known without the images that `input` does not know: what
 * those have as ONBUILD is missing.
 * @throws OciBuildError as `planBuild` */
export function runInstructions(input: PlanInput, file: string): readonly RunInstruction[] {
  return inFile(file, () => {
    const { stages, reachable } = resolveFile(input, globalArgs(input));
    return reachable.flatMap((index) =>
      (stages[index]?.instructions ?? []).flatMap(({ instruction }) =>
        instruction.kind === "run" ? [instruction] : [],
      ),
    );
  });
}

function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    throw buildError("BUILD_DOCKERFILE_INVALID", {
      message: `${file}:${error.diagnostic.span.start.line}: ${error.message}`,
      data: { file, diagnostics: [error.diagnostic] },
      hint: error.diagnostic.hint,
    });
  }
}

function plan(input: PlanInput, file: string): BuildPlan {
  const globals = globalArgs(input);
  const resolved = resolveFile(input, globals);
  refuseUnsupported(resolved, file);
  const names = stageNamesOf(resolved);
  const planned = new Map<number, PlannedStage>();
  for (const index of resolved.reachable) {
    const current = resolved.stages[index];
    if (current === undefined) continue;
    const base = current.base.kind === "stage" ? planned.get(current.base.index) : undefined;
    planned.set(index, planStage(current, { input, globals, names, base }));
  }
  const target = planned.get(resolved.target);
  if (target === undefined) throw new TypeError("the target stage was not planned");
  return {
    stages: orderStages([...planned.values()].map((stage) => stage.plan)),
    target: withLabels(target, input.labels),
    unusedBuildArgs: unusedBuildArgs(input),
  };
}

function refuseUnsupported(resolved: ResolvedFile, file: string): void {
  const diagnostics = findUnsupported(resolved);
  const [first] = diagnostics;
  if (first === undefined) return;
  const more = diagnostics.length === 1 ? "" : ` (and ${diagnostics.length - 1} more)`;
  throw buildError("BUILD_UNSUPPORTED", {
    message: `${file}:${first.span.start.line}: ${first.message}${more}`,
    data: { file, diagnostics },
    hint: first.hint,
  });
}

function withLabels(target: PlannedStage, labels: ReadonlyMap<string, string>) {
  const { config } = target.plan;
  return { ...target.plan, config: { ...config, labels: new Map([...config.labels, ...labels]) } };
}
