import { layerForm, type StepKey, type StoredLayer, writeSharing } from "@oci-build/cache";
import { type ContentDigest, type LayerTree, type LayerWork, writeLayer } from "@oci-build/oci";
import { contentDigest as digestOfContent } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import { eachChange, originOf } from "../copy/graft-changes.js";
import type { StepInfo, StepOutcome } from "../events/build-event.js";
import { changedEntries } from "../explain/changed-entries.js";
import { layerEncoding } from "../options/compression.js";
import { type ChangeTotals, changeTotals, hashWork } from "./change-totals.js";
import { digestChanges } from "./digest-changes.js";
import { layerEntries } from "./layer-entries.js";
import { lookUpContent, recordedContent } from "./look-up-content.js";
import { progressEmitter } from "./progress-emitter.js";
import type { SolveContext } from "./solve-context.js";
import { writesFirst } from "./writes-first.js";

/** A stored step: when it was made, its layer if it changed anything, and what there is to tell. */
export interface StoredChanges {
  readonly createdSec: number;
  readonly layer: StoredLayer | undefined;
  readonly outcome: StepOutcome;
}

interface Storing {
  readonly step: StepInfo;
  readonly changes: ChangeSet;
  readonly totals: ChangeTotals;
  readonly form: string;
  readonly context: SolveContext;
  readonly onWork: (work: LayerWork) => void;
}

/** What was found or made, before the counts. */
interface Stored {
  readonly status: StepOutcome["status"];
  readonly contentDigest: ContentDigest;
  readonly createdSec: number;
  readonly layer: StoredLayer | undefined;
}

/** Turns what a step changes into a layer, or finds the layer that an earlier build made of the same content.
 * The key of such a step is its content, so a hit is right whatever led to it. */
export async function storeChanges(
  step: StepInfo,
  changes: ChangeSet,
  context: SolveContext,
): Promise<StoredChanges> {
  const form = layerForm(layerEncoding(context.compression, context.times));
  let work: LayerWork | undefined;
  const onWork = (done: LayerWork): void => {
    work = done;
  };
  const storing = { step, changes, totals: changeTotals(changes), form, context, onWork };
  const before = hashWork(changes);
  const isWriteFirst = writesFirst(storing, context);
  const { contentDigest, createdSec, layer, status } = await (isWriteFirst
    ? writeThenDigest(storing)
    : digestThenWrite(storing));
  const after = hashWork(changes);
  const outcome = {
    status,
    contentDigest,
    layer: identity(layer),
    entries: storing.totals.entries,
    filesHashed: after.files - before.files,
    bytesHashed: after.bytes - before.bytes,
    ...work,
  };
  return { createdSec, layer, outcome };
}

async function digestThenWrite(storing: Storing): Promise<Stored> {
  const { changes, context } = storing;
  const contentDigest = await digestChanges(changes, { signal: context.signal });
  const { key, record, hit } = await lookUpContent({ ...storing, contentDigest }, context);
  await context.watcher.lookedUp?.(storing.step.id, {
    kind: "files",
    key: key.digest,
    contentDigest,
    form: storing.form,
    record,
    found: hit !== undefined ? "hit" : context.cacheUse === "write-only" ? "not-asked" : "miss",
    entries: () => changedEntries(changes),
  });
  if (hit !== undefined) return { status: "cached", contentDigest, ...hit };
  const createdSec = Math.floor(context.now() / 1000);
  const layer = await writeStepLayer(storing, createdSec, "known");
  return {
    status: "executed",
    contentDigest,
    ...(await recordLayer(storing, { key, contentDigest, createdSec, layer })),
  };
}

async function writeThenDigest(storing: Storing): Promise<Stored> {
  const createdSec = Math.floor(storing.context.now() / 1000);
  const layer = await writeStepLayer(storing, createdSec, "unknown");
  if (layer === undefined) return digestThenWrite(storing);
  rememberDigests(storing.changes, layer.tree);
  const contentDigest = digestOfContent(layer.tree.entries);
  const { key, hit } = await lookUpContent({ ...storing, contentDigest }, storing.context);
  if (hit !== undefined) return { status: "cached", contentDigest, ...hit };
  return {
    status: "executed",
    contentDigest,
    ...(await recordLayer(storing, { key, contentDigest, createdSec, layer })),
  };
}

/** Writes the layer; none when nothing changes. */
async function writeStepLayer(
  { step, changes, totals, context, onWork }: Storing,
  createdSec: number,
  digests: "known" | "unknown",
): Promise<StoredLayer | undefined> {
  if (totals.entries === 0) return undefined;
  context.willWrite?.();
  const { cache, signal, times } = context;
  const { compression, level } = layerEncoding(context.compression, times);
  return writeSharing(cache, (reuse) => async (sink, sinkDigest) => {
    const written = await writeLayer(layerEntries(changes, { createdSec, digests }), sink, {
      compression,
      level,
      reuse,
      expectedBytes: totals.fileBytes,
      sinkDigest,
      clampMtimeSec: times.kind === "clamp" ? times.epochSec : undefined,
      signal,
      onProgress: progressEmitter(step, totals.fileBytes, context),
    });
    onWork(written.work);
    return written;
  });
}

interface Made {
  readonly key: StepKey;
  readonly contentDigest: ContentDigest;
  readonly createdSec: number;
  readonly layer: StoredLayer | undefined;
}

/** Records a layer, or takes the one that another build has recorded for the same content meanwhile. */
async function recordLayer(
  storing: Storing,
  { key, contentDigest, createdSec, layer }: Made,
): Promise<Pick<Stored, "createdSec" | "layer">> {
  const { step, form, context } = storing;
  const mode = context.cacheUse === "read-write" ? "keep" : "replace";
  const content = layer === undefined ? undefined : { digest: contentDigest, form, layer };
  const record = await context.cache.record(key, { stepName: step.name, createdSec, content }, mode);
  return (await recordedContent(record, storing, context)) ?? { createdSec, layer };
}

/** Tells the trees what the layer's writer has read, so that no other step and no later build reads it again. */
function rememberDigests(changes: ChangeSet, tree: LayerTree): void {
  let index = 0;
  for (const change of eachChange(changes)) {
    const written = tree.entries[index++];
    const origin = originOf(change);
    if (written?.type !== "file" || origin === undefined) continue;
    origin.snapshot.rememberDigest?.(origin.path, written.digest);
  }
}

function identity(layer: StoredLayer | undefined): StepOutcome["layer"] {
  if (layer === undefined) return undefined;
  return { digest: layer.digest, diffId: layer.diffId, size: layer.size };
}
