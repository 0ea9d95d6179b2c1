import {
  keyField,
  layerForm,
  type StepKey,
  type StepRecord,
  type StoredLayer,
  stepKey,
} from "@oci-build/cache";
import { type ContentDigest, type LayerEntry, writeLayer } from "@oci-build/oci";
import type { ChangeSet } from "../copy/change.js";
import type { StepInfo, StepOutcome } from "../events/build-event.js";
import { digestChanges } from "./digest-changes.js";
import type { SolveContext } from "./solve-context.js";

/** zlib's default, and gzip's. */
const GZIP_LEVEL = 6;

const PROGRESS_INTERVAL_MS = 200;

/** A stored step: when it was made, its layer if it changed anything, and what there is to tell. */
export interface StoredChanges {
  readonly createdSec: number;
  readonly layer: StoredLayer | undefined;
  readonly outcome: StepOutcome;
}

/** Turns what a step changes into a layer, or finds the layer that an earlier build made of the same content.
 * The key of such a step is its content, so a hit is right whatever led to it. */
export async function storeChanges(
  step: StepInfo,
  changes: ChangeSet,
  context: SolveContext,
): Promise<StoredChanges> {
  const digested = await digestChanges(changes, context);
  const key = stepKey([
    keyField("operation", "string", "files"),
    keyField("content", "digest", digested.contentDigest),
  ]);
  const form = layerForm({ compression: "gzip", level: GZIP_LEVEL, timePolicy: context.times });
  const counts = {
    contentDigest: digested.contentDigest,
    entries: changes.changes.length,
    filesHashed: digested.filesHashed,
    bytesHashed: digested.bytesHashed,
  };
  const found = context.cacheUse === "read-write" ? await context.cache.lookUp(key) : undefined;
  const hit = found === undefined ? undefined : await hitOf(found, { form, changes }, context);
  if (hit !== undefined)
    return { ...hit, outcome: { status: "cached", layer: identity(hit.layer), ...counts } };
  const made = await execute(step, { key, form, changes, ...digested }, context);
  return { ...made, outcome: { status: "executed", layer: identity(made.layer), ...counts } };
}

interface Wanted {
  readonly form: string;
  readonly changes: ChangeSet;
}

async function hitOf(
  record: StepRecord,
  { form, changes }: Wanted,
  context: SolveContext,
): Promise<{ createdSec: number; layer: StoredLayer | undefined } | undefined> {
  if (changes.changes.length === 0) return { createdSec: record.createdSec, layer: undefined };
  const recorded = record.layers.find((layer) => layer.form === form);
  const layer = recorded === undefined ? undefined : await context.cache.layer(recorded);
  return layer === undefined ? undefined : { createdSec: record.createdSec, layer };
}

interface Making extends Wanted {
  readonly key: StepKey;
  readonly contentDigest: ContentDigest;
  readonly entries: (createdSec: number) => Iterable<LayerEntry>;
  readonly totalBytes: number;
}

async function execute(
  step: StepInfo,
  { key, form, changes, contentDigest, entries, totalBytes }: Making,
  context: SolveContext,
): Promise<{ createdSec: number; layer: StoredLayer | undefined }> {
  const { cache, signal, times } = context;
  const mode = context.cacheUse === "read-write" ? "keep" : "replace";
  const createdSec = Math.floor(context.now() / 1000);
  if (changes.changes.length === 0) {
    const record = await cache.record(key, { stepName: step.name, createdSec }, mode);
    return { createdSec: record.createdSec, layer: undefined };
  }
  const layer = await cache.writeLayer((sink) =>
    writeLayer(entries(createdSec), sink, {
      compression: "gzip",
      level: GZIP_LEVEL,
      clampMtimeSec: times.kind === "clamp" ? times.epochSec : undefined,
      signal,
      onProgress: progressEmitter(step, totalBytes, context),
    }),
  );
  const content = { digest: contentDigest, form, layer };
  const record = await cache.record(key, { stepName: step.name, createdSec, content }, mode);
  const adopted = await hitOf(record, { form, changes }, context);
  return adopted ?? { createdSec, layer };
}

/** Tells how far a layer is, a few times a second. */
function progressEmitter(
  step: StepInfo,
  totalBytes: number,
  { emit, now }: SolveContext,
): (doneBytes: number) => void {
  let nextMs = now() + PROGRESS_INTERVAL_MS;
  return (doneBytes) => {
    const timeMs = now();
    if (timeMs < nextMs) return;
    nextMs = timeMs + PROGRESS_INTERVAL_MS;
    emit({ type: "step.progress", step, doneBytes, totalBytes });
  };
}

function identity(layer: StoredLayer | undefined): StepOutcome["layer"] {
  if (layer === undefined) return undefined;
  return { digest: layer.digest, diffId: layer.diffId, size: layer.size };
}
