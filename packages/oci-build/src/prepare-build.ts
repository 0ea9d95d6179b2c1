import type { Project } from "@oci-build/cache";
import { type CheckOptions, findStage } from "@oci-build/dockerfile";
import type { OpenExecutorOptions } from "@oci-build/executor";
import type { BaseImage } from "./base/base-image.js";
import { imageFacts } from "./base/image-facts.js";
import { type ImageResolver, imageKey } from "./base/image-resolver.js";
import { inParallel } from "./base/in-parallel.js";
import type { EmitEvent, StepInfo } from "./events/build-event.js";
import { type PlannedStep, plannedSteps } from "./explain/planned-steps.js";
import { projectOf } from "./explain/project-of.js";
import { checkOptions } from "./input/check-options.js";
import { type ParsedInput, parseInput } from "./input/parse-input.js";
import { type DockerfileText, readDockerfile } from "./input/read-dockerfile.js";
import { type IgnoreRules, readIgnoreFile } from "./input/read-ignore-file.js";
import { type LockFile, lockOfBuild } from "./lock/read-lock.js";
import type { ResolvedOptions } from "./options/resolve-options.js";
import { findTarget } from "./plan/find-target.js";
import { formatPlatform } from "./plan/global-args.js";
import type { NeededImage } from "./plan/needed-images.js";
import { imagesNeeded, planBuild, runInstructions } from "./plan/plan-build.js";
import type { PlanInput } from "./plan/plan-input.js";
import type { BuildPlan, StagePlan } from "./plan/step.js";

/** How many images are looked for at once. */
const IMAGES_AT_ONCE = 8;

/** A RUN, as an executor that cannot run it tells of it. */
type CommandLine = OpenExecutorOptions["steps"][number];

/** A build of which everything is known that needs no image, no file of the context and no cache. */
export interface ReadBuild {
  readonly options: ResolvedOptions;
  readonly dockerfile: DockerfileText;
  readonly ignore: IgnoreRules | undefined;
  readonly input: PlanInput;
  readonly warnings: ParsedInput["warnings"];
  /** The images that are named so far. */
  readonly needed: readonly NeededImage[];
  /** The commands that are known so far: images may have more as ONBUILD. */
  readonly runs: readonly CommandLine[];
  /** What pins them. */
  readonly lock: LockFile | undefined;
  /** The indexes of the stages for which nothing is looked up. */
  readonly fresh: ReadonlySet<number>;
}

/** A build of which everything is known that needs neither the context's files nor layers. */
export interface PreparedBuild extends Pick<ReadBuild, "options"> {
  readonly plan: BuildPlan;
  readonly runs: readonly CommandLine[];
  readonly steps: readonly PlannedStep[];
  readonly project: Project;
  /** The images that the build stands on or copies from. */
  readonly images: readonly BaseImage[];
  /** The index of the stage in which a miss ends the build, if any. */
  readonly mayNotMiss: number | "any stage" | undefined;
}

/** Reads and parses; all that can be known to be wrong without images is told here, before anything is read or
 * written. */
export function readBuild(options: ResolvedOptions, emit: EmitEvent): ReadBuild {
  const dockerfile = readDockerfile(options.dockerfile, options.context);
  const ignore = readIgnoreFile(options.context, dockerfile);
  const { label: file, text: source } = dockerfile;
  const platform = formatPlatform(options.targetPlatform);
  emit({ type: "build.started", file, source, platform, target: options.target });
  const { warnings, ...parsed } = parseInput(dockerfile, checkOptions(options, ignore));
  const input = { ...options, ...parsed, images: new Map<string, BaseImage>() };
  const needed = imagesNeeded(input, file);
  // Where no image is named there is nothing to pin.
  const lock = needed.length === 0 ? undefined : lockOfBuild(dockerfile, options.lockUse);
  const runs = runInstructions(input, file).map(commandLine);
  const fresh = new Set(options.freshStages.map((stage) => stageIndex(stage, input)));
  return { options, dockerfile, ignore, input, warnings, needed, runs, lock, fresh };
}

/** Plans a build that needs no images; undefined for all others. */
export function prepareWithoutImages(read: ReadBuild, emit: EmitEvent): PreparedBuild | undefined {
  return read.needed.length === 0 ? prepared(read, emit) : undefined;
}

/** Finds the images that the build needs, and those that their ONBUILD triggers name, and plans. */
export async function prepareOnImages(
  read: ReadBuild,
  resolver: Pick<ImageResolver, "resolve">,
  emit: EmitEvent,
): Promise<PreparedBuild> {
  const { label: file } = read.dockerfile;
  const images = new Map(read.input.images);
  const input = { ...read.input, images };
  for (let needed = read.needed; needed.length > 0; needed = imagesNeeded(input, file)) {
    const resolve = ({ span, ...wanted }: NeededImage): Promise<BaseImage> =>
      resolver.resolve({ ...wanted, place: { file, span } });
    const found = await inParallel(needed, IMAGES_AT_ONCE, resolve);
    for (const [index, image] of found.entries()) {
      const wanted = needed[index];
      if (wanted !== undefined) images.set(imageKey(wanted.name, wanted.platform), image);
    }
  }
  // Once more, with what the images tell.
  const { warnings } = parseInput(read.dockerfile, checksOn(read, imageFacts(input)));
  return prepared({ ...read, input, warnings }, emit);
}

function checksOn({ options, ignore }: ReadBuild, facts: CheckOptions["baseImage"]): CheckOptions {
  return checkOptions(options, ignore, facts);
}

function prepared({ options, dockerfile, input, warnings }: ReadBuild, emit: EmitEvent): PreparedBuild {
  const { label: file } = dockerfile;
  const plan = planBuild(input, file);
  for (const { rule, message, span, file: other } of warnings) {
    emit({ type: "warning", code: rule, message, place: { file: other ?? file, span } });
  }
  warnUnusedArgs(plan, emit);
  const steps: StepInfo[] = plan.stages.flatMap((stage) =>
    stage.steps.map(({ id, name, span }) => ({ id, name, span })),
  );
  emit({ type: "build.planned", steps });
  return {
    options,
    plan,
    runs: plan.stages.flatMap((stage) =>
      stage.steps.flatMap((step) =>
        step.kind === "run" ? [{ ...commandLine(step), ...platformOf(stage, plan) }] : [],
      ),
    ),
    steps: plannedSteps(plan),
    project: projectOf(options, dockerfile),
    images: [...new Set(input.images.values())],
    mayNotMiss: stageThatMayNotMiss(options, input),
  };
}

/** Of the image that a stage begins with; a stage from scratch may hold programs of any architecture. */
function platformOf(
  { base, platform }: StagePlan,
  plan: BuildPlan,
): Pick<CommandLine, "os" | "architecture"> {
  if (base.kind === "image") {
    const { os, architecture } = base.from.image.platform;
    return { os, architecture };
  }
  const below = plan.stages.find(({ index }) => base.kind === "stage" && index === base.index);
  return below === undefined ? { os: platform.os } : platformOf(below, plan);
}

function commandLine({ span, text }: Pick<StepInfo, "span"> & { readonly text: string }): CommandLine {
  return { line: span.start.line, text };
}

/** @throws OciBuildError BUILD_TARGET_MISSING, since a stage that is not there could never miss */
function stageThatMayNotMiss(
  { failOnCacheMiss }: ResolvedOptions,
  input: Pick<PlanInput, "dockerfile">,
): PreparedBuild["mayNotMiss"] {
  return typeof failOnCacheMiss === "object" ? stageIndex(failOnCacheMiss.stage, input) : failOnCacheMiss;
}

/** A stage is meant by its name, its index, or by what progress calls it when it has no name.
 * Differs: BuildKit takes a name of `--no-cache-filter` that no stage has for one that is not built.
 * @throws OciBuildError BUILD_TARGET_MISSING */
function stageIndex(stage: string, { dockerfile }: Pick<PlanInput, "dockerfile">): number {
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
