import { buildError } from "../errors.js";
import { findTarget } from "./find-target.js";
import { globalArgs } from "./global-args.js";
import { PlanError } from "./plan-error.js";
import type { PlanInput } from "./plan-input.js";
import { type PlannedStage, planStage } from "./plan-stage.js";
import { type ResolvedStage, reachableIndexes, resolveBases, resolveInstructions } from "./resolve-stages.js";
import { stageNames } from "./stage-names.js";
import type { BuildPlan } from "./step.js";
import { findUnsupported } from "./unsupported.js";
import { unusedBuildArgs } from "./unused-build-args.js";

/** Resolves a Dockerfile for one target and one platform, without touching a file.
 * `file` is how errors name the Dockerfile.
 * @throws OciBuildError BUILD_DOCKERFILE_INVALID, BUILD_TARGET_MISSING, BUILD_UNSUPPORTED */
export function planBuild(input: PlanInput, file: string): BuildPlan {
  try {
    return plan(input, file);
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
  const based = resolveBases(input, globals);
  const targetIndex = findTarget(input.dockerfile, input.target);
  const reachable = reachableIndexes(based, targetIndex);
  const resolved = resolveInstructions(based, reachable);
  refuseUnsupported(resolved, reachable, file);
  const stages = stageNames(resolved.map(({ stage }) => stage));
  const planned = new Map<number, PlannedStage>();
  for (const index of reachable) {
    const current = resolved[index];
    if (current === undefined) continue;
    const base = current.base.kind === "stage" ? planned.get(current.base.index) : undefined;
    planned.set(index, planStage(current, { input, globals, stages, base }));
  }
  const target = planned.get(targetIndex);
  if (target === undefined) throw new TypeError("the target stage was not planned");
  return {
    stages: [...planned.values()].map((stage) => stage.plan),
    target: withLabels(target, input.labels),
    unusedBuildArgs: unusedBuildArgs(input),
  };
}

function refuseUnsupported(
  resolved: readonly ResolvedStage[],
  reachable: readonly number[],
  file: string,
): void {
  const diagnostics = findUnsupported(resolved, reachable);
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
