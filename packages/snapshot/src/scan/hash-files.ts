import { setImmediate as nextTurn } from "node:timers/promises";
import type { Digest } from "@oci-build/oci";
import type { Snapshot } from "../snapshot.js";
import type { Subtree } from "../subtree/subtree.js";
import { monotonicMs } from "./monotonic-ms.js";

/** How far a bulk hashing has come. */
export interface HashProgress {
  readonly files: number;
  readonly bytes: number;
}

export interface HashFilesOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called some 60 times a second at most, and once at the end. */
  readonly onProgress?: ((progress: HashProgress) => void) | undefined;
}

/** How long files are hashed before the event loop has its turn, in milliseconds. */
const turnMs = 16;

/** Files between two looks at the clock. */
const clockInterval = 32;

/** Makes the digests of many files known, so that `fileDigest` gives them at once; in the given order, and fastest
 * when that is the tree's. Gives the count of files and their bytes, whether they were read or known before.
 * @throws OciBuildError as `fileDigest`; the signal's reason when aborted */
export function hashFiles(
  snapshot: Snapshot,
  paths: Iterable<string>,
  options: HashFilesOptions = {},
): Promise<HashProgress> {
  return hashInTurns(filesOf(snapshot, paths), options);
}

/** Makes the digests of all files in a subtree known, as `hashFiles` does.
 * @throws OciBuildError as `fileDigest`; the signal's reason when aborted */
export function hashSubtree(subtree: Subtree, options: HashFilesOptions = {}): Promise<HashProgress> {
  return hashInTurns(subtree.hashing(), options);
}

/** A file that is hashed once it comes up; `digest` is undefined when it was known. */
interface HashedFile {
  readonly bytes: number;
  readonly digest: Digest | Promise<Digest> | undefined;
}

function* filesOf(snapshot: Snapshot, paths: Iterable<string>): Iterable<HashedFile> {
  for (const path of paths) yield { bytes: sizeOf(snapshot, path), digest: snapshot.fileDigest(path) };
}

async function hashInTurns(files: Iterable<HashedFile>, options: HashFilesOptions): Promise<HashProgress> {
  const progress = { files: 0, bytes: 0 };
  let turnEnd = monotonicMs() + turnMs;
  options.signal?.throwIfAborted();
  for (const { bytes, digest } of files) {
    if (digest instanceof Promise) await digest;
    progress.files++;
    progress.bytes += bytes;
    if (progress.files % clockInterval !== 0 || monotonicMs() < turnEnd) continue;
    await nextTurn();
    options.signal?.throwIfAborted();
    options.onProgress?.({ ...progress });
    turnEnd = monotonicMs() + turnMs;
  }
  options.signal?.throwIfAborted();
  options.onProgress?.({ ...progress });
  return progress;
}

function sizeOf(snapshot: Snapshot, path: string): number {
  const entry = snapshot.get(path);
  return entry?.type === "file" ? entry.size : 0;
}
