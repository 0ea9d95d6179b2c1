import type { Project } from "@oci-build/cache";
import { findStage } from "@oci-build/dockerfile";
import type { EmitEvent, StepInfo } from "./events/build-event.js";
import { type PlannedStep, plannedSteps } from "./explain/planned-steps.js";
import { projectOf } from "./explain/project-of.js";
import { checkOptions } from "./input/check-options.js";
import { type ParsedInput, parseInput } from "./input/parse-input.js";
import { type DockerfileText, readDockerfile } from "./input/read-dockerfile.js";
import { type IgnoreRules, readIgnoreFile } from "./input/read-ignore-file.js";
import type { ResolvedOptions } from "./options/resolve-options.js";
import { findTarget } from "./plan/find-target.js";
import { formatPlatform } from "./plan/global-args.js";
import { planBuild } from "./plan/plan-build.js";
import type { BuildPlan } from "./plan/step.js";

/** A build of which everything is known that needs neither the context's files nor the cache. */
export interface PreparedBuild {
  readonly options: ResolvedOptions;
  readonly dockerfile: DockerfileText;
  readonly ignore: IgnoreRules | undefined;
  readonly plan: BuildPlan;
  readonly steps: readonly PlannedStep[];
  readonly project: Project;
  /** The index of the stage in which a miss ends the build, if any. */
  readonly mayNotMiss: number | "any stage" | undefined;
}

/** Reads, parses and plans; all that can be known to be wrong is told here, before anything is read or written. */
export function prepareBuild(options: ResolvedOptions, emit: EmitEvent): PreparedBuild {
  const dockerfile = readDockerfile(options.dockerfile, options.context);
  const ignore = readIgnoreFile(options.context, dockerfile);
  const { label: file, text: source } = dockerfile;
  const platform = formatPlatform(options.targetPlatform);
  emit({ type: "build.started", file, source, platform, target: options.target });
  const parsed = parseInput(dockerfile, checkOptions(options, ignore));
  const plan = planBuild({ ...options, ...parsed }, file);
  for (const { rule, message, span, file: other } of parsed.warnings) {
    emit({ type: "warning", code: rule, message, place: { file: other ?? file, span } });
  }
  warnUnusedArgs(plan, emit);
  const steps: StepInfo[] = plan.stages.flatMap((stage) =>
    stage.steps.map(({ id, name, span }) => ({ id, name, span })),
  );
  emit({ type: "build.planned", steps });
  const project = projectOf(options, dockerfile);
  const mayNotMiss = stageThatMayNotMiss(options, parsed);
  return { options, dockerfile, ignore, plan, steps: plannedSteps(plan), project, mayNotMiss };
}

/** A stage is meant by its name, its index, or by what progress calls it when it has no name.
 * @throws OciBuildError BUILD_TARGET_MISSING, since a stage that is not there could never miss */
function stageThatMayNotMiss(
  { failOnCacheMiss }: ResolvedOptions,
  { dockerfile }: ParsedInput,
): PreparedBuild["mayNotMiss"] {
  if (typeof failOnCacheMiss !== "object") return failOnCacheMiss;
  const { stage } = failOnCacheMiss;
  const index = Number(/^(?:stage-)?(\d+)$/.exec(stage)?.[1] ?? Number.NaN);
  if (findStage(dockerfile, stage) === undefined && index < dockerfile.stages.length) return index;
  return findTarget(dockerfile, stage);
}

function warnUnusedArgs({ unusedBuildArgs }: BuildPlan, emit: EmitEvent): void {
  for (const name of unusedBuildArgs) {
    const message = `the build argument ${name} is used by no ARG of the Dockerfile`;
    emit({ type: "warning", code: "BUILD_ARG_UNUSED", message });
  }
}
