import { layerForm, type StepKey, type StepRecord, type StoredLayer } from "@oci-build/cache";
import {
  type ContentDigest,
  type LayerFile,
  type LayerWork,
  type TreeEntry,
  writeLayer,
} from "@oci-build/oci";
import { layerEncoding } from "../options/compression.js";
import type { SolveContext } from "./solve-context.js";

/** What a record says that a command gave, with its layer in the form of this build. */
export interface RecordedRun {
  readonly createdSec: number;
  /** Undefined when the command changed nothing. */
  readonly contentDigest: ContentDigest | undefined;
  readonly layer: StoredLayer | undefined;
  /** What it took to bring the layer into this form, where the record had it in another. */
  readonly work?: LayerWork | undefined;
}

/** Looks for what an earlier build made of a key; nothing is looked up under `--no-cache`. A record without `recorded`
 * has lost its layer. */
export async function lookUpRun(
  key: StepKey,
  context: SolveContext,
): Promise<{ readonly record: StepRecord | undefined; readonly recorded: RecordedRun | undefined }> {
  const record = context.cacheUse === "read-write" ? await context.cache.lookUp(key) : undefined;
  return { record, recorded: record === undefined ? undefined : await recordedRun(key, record, context) };
}

/** The result of a record. No command is run again for another form: its layer is encoded anew.
 * Undefined where the store has no form of it any more. */
export async function recordedRun(
  key: StepKey,
  record: StepRecord,
  context: SolveContext,
): Promise<RecordedRun | undefined> {
  const { createdSec, contentDigest } = record;
  if (contentDigest === undefined) return { createdSec, contentDigest, layer: undefined };
  const form = runForm(context);
  const { cache } = context;
  const ownFormFirst = [...record.layers].sort((a, b) => Number(b.form === form) - Number(a.form === form));
  for (const recorded of ownFormFirst) {
    const found = await cache.layer(recorded);
    if (found === undefined) continue;
    if (recorded.form === form) return { createdSec, contentDigest, layer: found };
    const { layer, work } = await reencoded(found, context);
    const content = { digest: contentDigest, form, layer };
    await cache.record(key, { stepName: record.stepName, createdSec, content });
    return { createdSec, contentDigest, layer, work };
  }
  return undefined;
}

/** The form of this build's layers. */
export function runForm({ compression, times }: Pick<SolveContext, "compression" | "times">): string {
  return layerForm(layerEncoding(compression, times));
}

/** The same members once more, with the compression and the times of this build. */
async function reencoded(
  found: StoredLayer,
  context: SolveContext,
): Promise<{ readonly layer: StoredLayer; readonly work: LayerWork }> {
  const { cache, layerFiles, signal, times } = context;
  layerFiles.add(found);
  context.willWrite?.();
  let work: LayerWork | undefined;
  const { compression, level } = layerEncoding(context.compression, times);
  const layer = await cache.writeLayer(async (sink, sinkDigest) => {
    const written = await writeLayer(layerMembers(found, context), sink, {
      ...{ compression, level, sinkDigest, signal },
      expectedBytes: found.uncompressedSize,
      clampMtimeSec: times.kind === "clamp" ? times.epochSec : undefined,
    });
    work = written.work;
    return written;
  });
  if (work === undefined) throw new TypeError("a layer that was written took some work");
  return { layer, work };
}

function* layerMembers(
  { diffId, tree }: StoredLayer,
  { layerFiles }: Pick<SolveContext, "layerFiles">,
): Iterable<Exclude<TreeEntry, { type: "file" }> | LayerFile> {
  for (const entry of tree.entries) {
    if (entry.type === "file") yield { ...entry, open: () => layerFiles.open(diffId, entry) };
    else yield entry;
  }
}
