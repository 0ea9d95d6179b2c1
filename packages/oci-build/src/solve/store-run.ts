import {
  type LayerBlob,
  type StepKey,
  type StepRecord,
  type StoredLayer,
  writeSharing,
} from "@oci-build/cache";
import {
  type ContentDigest,
  type LayerEntry,
  type LayerEntryBatches,
  type LayerWork,
  writeLayer,
} from "@oci-build/oci";
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
  if (isOf(record, content)) return { ...own, createdSec: record.createdSec, work: written.work };
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
  readonly contentDigest: ContentDigest;
  readonly entryCount: number;
  readonly work: LayerWork;
}

/** The layer of what changed; none when nothing did. */
async function writeChanges(changes: LayerEntryBatches, context: SolveContext): Promise<Written | undefined> {
  const { cache, signal, times } = context;
  const entries = await startedAt(changes);
  if (entries === undefined) return undefined;
  context.willWrite?.();
  let work: LayerWork | undefined;
  let content: Pick<Written, "contentDigest" | "entryCount"> | undefined;
  const { compression, level } = layerEncoding(context.compression, times);
  const layer = await writeSharing(cache, (reuse) => async (sink, sinkDigest) => {
    const written = await writeLayer(entries, sink, {
      ...{ compression, level, reuse, sinkDigest, signal },
      clampMtimeSec: times.kind === "clamp" ? times.epochSec : undefined,
      onMembers: (tree) => {
        content = { contentDigest: digestOfContent(tree), entryCount: tree.length };
      },
    });
    work = written.work;
    return written;
  });
  if (work === undefined || content === undefined)
    throw new TypeError("a layer that was written has content and took some work");
  return { layer, ...content, work };
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

/** Whether a record is of this very layer, of which nothing has to be read back then. */
function isOf(
  { contentDigest, layers }: StepRecord,
  {
    digest,
    form,
    layer,
  }: { readonly digest: ContentDigest; readonly form: string; readonly layer: LayerBlob },
): boolean {
  if (contentDigest !== digest) return false;
  return layers.some((recorded) => recorded.form === form && recorded.digest === layer.digest);
}

/** The layer that stands for this content: the first one that was recorded, whoever wrote it. */
async function underContent(
  step: StepInfo,
  { layer, contentDigest, entryCount, createdSec }: Written & { readonly createdSec: number },
  context: SolveContext,
) {
  const form = runForm(context);
  const totals = { entries: entryCount, fileBytes: 0 };
  const mode = context.cacheUse === "read-write" ? "keep" : "replace";
  const content = { digest: contentDigest, form, layer };
  const result = { stepName: step.name, createdSec, content };
  const record = await context.cache.record(contentKey(contentDigest), result, mode);
  if (isOf(record, content)) return { contentDigest, createdSec: record.createdSec, layer };
  const stands = await recordedContent(record, { totals, form }, context);
  return { contentDigest, createdSec: stands?.createdSec ?? createdSec, layer: stands?.layer ?? layer };
}
