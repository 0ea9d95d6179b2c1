import type { ContentDigest, Digest, LayerEntry } from "@oci-build/oci";
import { type ContentEntry, contentDigest, hashFiles, type Snapshot } from "@oci-build/snapshot";
import type { ChangeSet, FileOrigin, LayerChange } from "../copy/change.js";
import type { SolveContext } from "./solve-context.js";

/** A change set whose files were hashed. */
export interface DigestedChanges {
  readonly contentDigest: ContentDigest;
  readonly filesHashed: number;
  readonly bytesHashed: number;
  /** Bytes of all files that a layer of it holds. */
  readonly totalBytes: number;
  /** The layer's entries; directories that the builder made get the given time. */
  readonly entries: (createdSec: number) => Iterable<LayerEntry>;
}

/** A change with what its file's bytes hash to. */
interface DigestedChange {
  readonly change: LayerChange;
  readonly origin: FileOrigin | undefined;
  readonly digest: Digest | undefined;
}

/** Hashes the files of a change set and digests the whole of it, times left out. */
export async function digestChanges(
  { changes }: ChangeSet,
  { signal }: SolveContext,
): Promise<DigestedChanges> {
  const hashed = await hashOrigins(changes, signal);
  const digested: DigestedChange[] = [];
  for (const change of changes) {
    const origin = "origin" in change ? change.origin : undefined;
    const digest = origin === undefined ? undefined : await origin.snapshot.fileDigest(origin.path);
    digested.push({ change, origin, digest });
  }
  return {
    contentDigest: contentDigest(digested.map(contentEntry)),
    ...hashed,
    totalBytes: changes.reduce((sum, { entry }) => sum + (entry.type === "file" ? entry.size : 0), 0),
    entries: (createdSec) => layerEntries(digested, createdSec),
  };
}

/** Hashes in bulk, a source tree at a time. */
async function hashOrigins(
  changes: readonly LayerChange[],
  signal: AbortSignal | undefined,
): Promise<{ readonly filesHashed: number; readonly bytesHashed: number }> {
  const bySnapshot = new Map<Snapshot, string[]>();
  for (const change of changes) {
    if (!("origin" in change) || change.origin === undefined) continue;
    const { snapshot, path } = change.origin;
    const paths = bySnapshot.get(snapshot);
    if (paths === undefined) bySnapshot.set(snapshot, [path]);
    else paths.push(path);
  }
  let [filesHashed, bytesHashed] = [0, 0];
  for (const [snapshot, paths] of bySnapshot) {
    const { files, bytes } = await hashFiles(snapshot, paths, { signal });
    filesHashed += files;
    bytesHashed += bytes;
  }
  return { filesHashed, bytesHashed };
}

function contentEntry({ change: { entry }, digest }: DigestedChange): ContentEntry {
  if (entry.type !== "file") return entry;
  if (digest === undefined) throw new TypeError(`the bytes of ${entry.path} were not hashed`);
  return { ...entry, digest };
}

function* layerEntries(digested: readonly DigestedChange[], createdSec: number): Iterable<LayerEntry> {
  for (const { change, origin, digest } of digested) {
    const { entry } = change;
    const mtimeSec = change.mtime === "record" ? createdSec : entry.mtimeSec;
    if (entry.type !== "file") yield { ...entry, mtimeSec };
    else if (origin === undefined) throw new TypeError(`nothing tells where the bytes of ${entry.path} are`);
    else yield { ...entry, mtimeSec, digest, open: () => origin.snapshot.openFile(origin.path) };
  }
}
