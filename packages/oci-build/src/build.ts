import { type Cache, openCache } from "@oci-build/cache";
import { imageContent } from "@oci-build/oci";
import { Scratch } from "./copy/scratch.js";
import { type EmitEvent, eventEmitter, type StepInfo } from "./events/build-event.js";
import { errorSummary } from "./events/error-summary.js";
import { makeImage } from "./image/make-image.js";
import { checkOptions } from "./input/check-options.js";
import { contextSource } from "./input/context-source.js";
import { parseInput } from "./input/parse-input.js";
import { type DockerfileText, readDockerfile } from "./input/read-dockerfile.js";
import { type IgnoreRules, readIgnoreFile } from "./input/read-ignore-file.js";
import type { BuildOptions, BuildResult, BuiltStep } from "./options/build-options.js";
import { type ResolvedOptions, resolveOptions } from "./options/resolve-options.js";
import { writeResult } from "./output/write-result.js";
import { formatPlatform } from "./plan/global-args.js";
import { planBuild } from "./plan/plan-build.js";
import type { BuildPlan } from "./plan/step.js";
import { abortReason } from "./solve/abort-reason.js";
import { LayerFiles } from "./solve/layer-files.js";
import { repairBlobs } from "./solve/repair-blobs.js";
import { solvePlan } from "./solve/solve-plan.js";

/** Builds a Dockerfile into an image.
 *
 * Files that the build writes (output, iidFile, metadataFile, the cache's folder) are never part of its context. An
 * output is whole or untouched, whatever happens. Several builds may run at once, also on one cache.
 * @throws OciBuildError: docs/errors.md lists the codes. An error of a step has its place in `data.place`, errors of
 *   the Dockerfile itself are in `data.diagnostics`. */
export async function build(options: BuildOptions = {}): Promise<BuildResult> {
  // By id: a step that is run again, because a blob was damaged, counts once.
  const steps = new Map<string, BuiltStep>();
  const emit = eventEmitter((event) => {
    if (event.type === "step.finished") steps.set(event.step.id, { name: event.step.name, ...event.outcome });
    options.onEvent?.(event);
  }, Date.now);
  try {
    options.signal?.throwIfAborted();
    const result = await run(resolveOptions(options), { emit, signal: options.signal });
    return { ...result, steps: [...steps.values()] };
  } catch (error) {
    const failure = abortReason(options.signal, error);
    emit({ type: "build.failed", error: errorSummary(failure) });
    throw failure;
  }
}

interface RunContext {
  readonly emit: EmitEvent;
  readonly signal: AbortSignal | undefined;
}

async function run(options: ResolvedOptions, context: RunContext): Promise<Omit<BuildResult, "steps">> {
  const startedMs = Date.now();
  const dockerfile = readDockerfile(options.dockerfile, options.context);
  const ignore = readIgnoreFile(options.context, dockerfile);
  const plan = planFor(options, { dockerfile, ignore }, context.emit);
  const cache = await openCache({
    dir: options.cacheDir,
    signal: context.signal,
    onWarning: ({ code, message }) => context.emit({ type: "warning", code, message }),
  });
  const lease = await cache.lease();
  const scratch = new Scratch();
  try {
    const repeatable = options.output.type === "none" || typeof options.output.dest === "string";
    const result = await repairBlobs(
      () => solveAndWrite(plan, { ...context, options, dockerfile, ignore, cache, scratch }),
      {
        cache,
        emit: context.emit,
        repeatable,
      },
    );
    context.emit({ type: "build.finished", digest: result.digest, durationMs: Date.now() - startedMs });
    return result;
  } finally {
    await scratch[Symbol.asyncDispose]();
    await lease.release();
  }
}

/** Parses and plans; all that can be known to be wrong is told here, before anything is read or written. */
function planFor(
  options: ResolvedOptions,
  { dockerfile, ignore }: Pick<Solving, "dockerfile" | "ignore">,
  emit: EmitEvent,
): BuildPlan {
  const { label: file, text: source } = dockerfile;
  const platform = formatPlatform(options.targetPlatform);
  emit({ type: "build.started", file, source, platform, target: options.target });
  const parsed = parseInput(dockerfile, checkOptions(options, ignore));
  const plan = planBuild({ ...options, ...parsed }, file);
  for (const { rule, message, span, file: other } of parsed.warnings) {
    emit({ type: "warning", code: rule, message, place: { file: other ?? file, span } });
  }
  for (const name of plan.unusedBuildArgs) {
    emit({
      type: "warning",
      code: "BUILD_ARG_UNUSED",
      message: `the build argument ${name} is used by no ARG of the Dockerfile`,
    });
  }
  const steps: StepInfo[] = plan.stages.flatMap((stage) =>
    stage.steps.map(({ id, name, span }) => ({ id, name, span })),
  );
  emit({ type: "build.planned", steps });
  return plan;
}

interface Solving extends RunContext {
  readonly options: ResolvedOptions;
  readonly dockerfile: DockerfileText;
  readonly ignore: IgnoreRules | undefined;
  readonly cache: Cache;
  readonly scratch: Scratch;
}

async function solveAndWrite(plan: BuildPlan, solving: Solving): Promise<Omit<BuildResult, "steps">> {
  const { options, dockerfile, ignore, cache, scratch, emit, signal } = solving;
  const { cacheUse, times, names, compression } = options;
  const source = contextSource({
    folder: options.context,
    ignore: ignore?.matcher,
    written: options.written,
    emit,
    signal,
  });
  const target = await solvePlan(plan, {
    cache,
    layerFiles: new LayerFiles(cache),
    scratch,
    cacheUse,
    times,
    compression,
    context: source,
    emit,
    signal,
    now: Date.now,
    file: dockerfile.label,
  });
  const image = await makeImage(target, { cache, cacheUse, times });
  const content = imageContent([{ ...image, names }], cache.blobs);
  const output = await writeResult(image, content, { options, emit, signal });
  const { descriptor } = image.manifest;
  return {
    digest: descriptor.digest,
    configDigest: image.config.descriptor.digest,
    descriptor,
    platform: options.targetPlatform,
    names,
    output,
  };
}
