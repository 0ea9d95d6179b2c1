import type { StepKey, StoredLayer } from "@oci-build/cache";
import { type LayerEntry, type LayerEntryBatches, type LayerWork, writeLayer } from "@oci-build/oci";
import { contentDigest as digestOfContent } from "@oci-build/snapshot";
import type { StepInfo } from "../events/build-event.js";
import { layerEncoding } from "../options/compression.js";
import { contentKey, recordedContent } from "./look-up-content.js";
import { type RecordedRun, recordedRun, runForm } from "./recorded-run.js";
import type { SolveContext } from "./solve-context.js";

/** Makes a layer of what a command has changed and records it under its key and under its content: a command that is run
 * again and gives what is there already gets the layer that is there, and so does COPY. Where another build has recorded
 * the key meanwhile, its result counts. */
export async function storeRun(
  step: StepInfo,
  { key, changes }: { readonly key: StepKey; readonly changes: LayerEntryBatches },
  context: SolveContext,
): Promise<RecordedRun> {
  const { cache, now } = context;
  const mode = context.cacheUse === "read-write" ? "keep" : "replace";
  const written = await writeChanges(changes, context);
  const createdSec = Math.floor(now() / 1000);
  if (written === undefined) {
    const record = await cache.record(key, { stepName: step.name, createdSec }, mode);
    return (await recordedRun(key, record, context)) ?? noChange(createdSec);
  }
  const own = await underContent(step, { ...written, createdSec }, context);
  const { contentDigest, layer } = own;
  const content = { digest: contentDigest, form: runForm(context), layer };
  const record = await cache.record(key, { stepName: step.name, createdSec: own.createdSec, content }, mode);
  const stands = await recordedRun(key, record, context);
  if (stands === undefined) return { ...own, work: written.work };
  // Whose layer it is in the end does not change what this build wrote.
  return { ...stands, work: written.work };
}

function noChange(createdSec: number): RecordedRun {
  return { createdSec, contentDigest: undefined, layer: undefined };
}

interface Written {
  readonly layer: StoredLayer;
  readonly work: LayerWork;
}

/** The layer of what changed; none when nothing did. */
async function writeChanges(changes: LayerEntryBatches, context: SolveContext): Promise<Written | undefined> {
  const { cache, signal, times } = context;
  const entries = await startedAt(changes);
  if (entries === undefined) return undefined;
  context.willWrite?.();
  let work: LayerWork | undefined;
  const { compression, level } = layerEncoding(context.compression, times);
  const layer = await cache.writeLayer(async (sink, sinkDigest) => {
    const reuse = cache.segmentSource();
    try {
      const written = await writeLayer(entries, sink, {
        ...{ compression, level, reuse, sinkDigest, signal },
        clampMtimeSec: times.kind === "clamp" ? times.epochSec : undefined,
      });
      work = written.work;
      return written;
    } finally {
      await reuse[Symbol.asyncDispose]();
    }
  });
  if (work === undefined) throw new TypeError("a layer that was written took some work");
  return { layer, work };
}

/** The same entries, if there is one. */
async function startedAt(changes: LayerEntryBatches): Promise<LayerEntryBatches | undefined> {
  const batches = changes[Symbol.asyncIterator]();
  for (let batch = await batches.next(); batch.done !== true; batch = await batches.next()) {
    const rest = batch.value[Symbol.iterator]();
    const first = rest.next();
    if (first.done !== true) return resumed(first.value, rest, batches);
  }
  return undefined;
}

async function* resumed(
  first: LayerEntry,
  rest: Iterator<LayerEntry>,
  batches: AsyncIterator<Iterable<LayerEntry>>,
): AsyncGenerator<Iterable<LayerEntry>, void, undefined> {
  try {
    yield [first];
    yield { [Symbol.iterator]: () => rest };
    for (let batch = await batches.next(); batch.done !== true; batch = await batches.next())
      yield batch.value;
  } finally {
    await batches.return?.();
  }
}

/** The layer that stands for this content: the first one that was recorded, whoever wrote it. */
async function underContent(
  step: StepInfo,
  { layer, createdSec }: { readonly layer: StoredLayer; readonly createdSec: number },
  context: SolveContext,
) {
  const form = runForm(context);
  const contentDigest = digestOfContent(layer.tree.entries);
  const totals = { entries: layer.tree.entries.length, fileBytes: 0 };
  const mode = context.cacheUse === "read-write" ? "keep" : "replace";
  const content = { digest: contentDigest, form, layer };
  const result = { stepName: step.name, createdSec, content };
  const record = await context.cache.record(contentKey(contentDigest), result, mode);
  const stands = await recordedContent(record, { totals, form }, context);
  return { contentDigest, createdSec: stands?.createdSec ?? createdSec, layer: stands?.layer ?? layer };
}
