import { type Cache, keyField, type StepRecord, stepKey, type TimePolicy } from "@oci-build/cache";
import {
  type Annotations,
  type AssembledImage,
  assembleImage,
  digestOf,
  encodeJson,
  type HistoryEntry,
} from "@oci-build/oci";
import type { BaseImage } from "../base/base-image.js";
import type { SolvedStage } from "../solve/solve-stage.js";
import type { SolvedStep } from "../solve/solved-step.js";
import { baseAnnotations } from "./base-annotations.js";
import { baseCreatedSec, baseHistory } from "./base-history.js";
import { containerConfigJson } from "./container-config-json.js";
import { formatTime, historyTimes } from "./image-times.js";

/** Tools that read histories know BuildKit's word for how they are written. */
const HISTORY_COMMENT = "buildkit.dockerfile.v0";

/** What making an image needs besides the stage. */
export interface ImageContext {
  readonly cache: Cache;
  readonly cacheUse: "read-write" | "write-only";
  readonly times: TimePolicy;
  /** What is asked to stand in the manifest. */
  readonly annotations: Annotations;
}

/** An image, and the record that its time comes from where it has no steps. */
export interface MadeImage {
  readonly image: AssembledImage;
  readonly record: StepRecord | undefined;
}

/** The config and manifest of a built stage. Touches no blob. */
export async function makeImage(stage: SolvedStage, context: ImageContext): Promise<MadeImage> {
  const { steps, image: base } = stage;
  const newest =
    steps.length === 0
      ? base && baseCreatedSec(base.config)
      : steps.reduce((most, { createdSec }) => Math.max(most, createdSec), -Infinity);
  if (newest !== undefined) return { image: assembledImage(stage, newest, context), record: undefined };
  const record = await imageRecord(stage, context);
  return { image: assembledImage(stage, record.createdSec, context), record };
}

function assembledImage(
  stage: SolvedStage,
  createdSec: number,
  { times, annotations: asked }: ImageContext,
): AssembledImage {
  const { plan, image: base } = stage;
  const ofBase = base?.layers ?? [];
  const ofSteps = stage.steps.flatMap(({ layer }) => layer ?? []);
  const below = base === undefined ? [] : baseHistory(base.config, ofBase.length);
  const config = {
    created: formatTime(createdSec, times),
    author: plan.author,
    config: containerConfigJson(plan.config),
    rootfs: { type: "layers", diff_ids: [...ofBase, ...ofSteps].map(({ diffId }) => diffId) } as const,
    history: [...below, ...historyOf(stage, createdSec, times)],
  };
  const own = ofSteps.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  const layers = [...ofBase.map(({ descriptor }) => descriptor), ...own];
  const named = base === undefined ? {} : baseAnnotations(base, nameOf(base));
  const annotations = { ...named, ...asked };
  return assembleImage({ config, layers, platform: plan.platform, annotations: someOf(annotations) });
}

function someOf(annotations: Annotations): Annotations | undefined {
  return Object.keys(annotations).length === 0 ? undefined : annotations;
}

/** The name of a base that is no file. */
function nameOf({ reference }: BaseImage): string | undefined {
  return reference.includes("://") ? undefined : reference;
}

function historyOf(stage: SolvedStage, createdSec: number, times: TimePolicy): readonly HistoryEntry[] {
  const steps = new Map(stage.steps.map((step): [string, SolvedStep] => [step.id, step]));
  const seconds = historyTimes(stage.history, steps, createdSec);
  return stage.history.map(({ createdBy, stepId }, index) => {
    const hasLayer = stepId !== undefined && steps.get(stepId)?.layer !== undefined;
    const created = formatTime(seconds[index] ?? createdSec, times);
    const entry = { created, created_by: createdBy, comment: HISTORY_COMMENT };
    return hasLayer ? entry : { ...entry, empty_layer: true };
  });
}

/** The time of an image is that of the newest record that it was made from, else of its base. One without either has a
 * record of its own. */
async function imageRecord(stage: SolvedStage, { cache, cacheUse }: ImageContext): Promise<StepRecord> {
  // As digests: both may hold secrets that were given as ARG or ENV.
  const key = stepKey([
    keyField("operation", "string", "image"),
    keyField("config", "digest", digestOf(encodeJson(containerConfigJson(stage.plan.config)))),
    keyField("history", "digest", digestOf(encodeJson(stage.history.map(({ createdBy }) => createdBy)))),
  ]);
  const found = cacheUse === "read-write" ? await cache.lookUp(key) : undefined;
  const mode = cacheUse === "read-write" ? "keep" : "replace";
  return found ?? cache.record(key, { stepName: "image" }, mode);
}
