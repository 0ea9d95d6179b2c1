import nodeFs from "node:fs";
import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { snapshotError } from "../errors.js";
import type { PatternMatcher } from "../patterns/pattern-matcher.js";
import type { ContextFileSystem } from "./context-file-system.js";
import { DigestColumn } from "./digest-column.js";
import { takeDigests } from "./index/known-digests.js";
import { openIndex, type ScanIndex, type ScanIndexOptions, scanIndex } from "./index/scan-index.js";
import { type LeftOut, leftOutTest } from "./left-out-paths.js";
import { monotonicMs } from "./monotonic-ms.js";
import type { ScanWarning } from "./scan-warning.js";
import { type ScannedSnapshot, scannedSnapshot } from "./scanned-snapshot.js";
import { systemCode } from "./system-code.js";
import { startWalk, type Walk, walkUntil } from "./walk.js";
import { supplyReader } from "./xattr-column.js";

export interface ScanOptions {
  /** The directory to scan; it may be a link to one. Nothing outside it is looked at. */
  readonly root: string;
  /** Where the root lies; `node:fs` when not given. */
  readonly fs?: ContextFileSystem | undefined;
  /** Entries that match are left out; excluded directories are not entered unless a `!` pattern reaches below. */
  readonly ignore?: PatternMatcher | undefined;
  /** Absolute paths to leave out with all below them, such as the files that the build itself writes. */
  readonly exclude?: LeftOut | undefined;
  /** Owners as they are found, or one for all entries. */
  readonly owners: "keep" | { readonly uid: number; readonly gid: number };
  /** Whether to read extended attributes: `user.*` but `user.overlay.*`, and `security.capability`. Volumes in memory
   * have none. */
  readonly xattrs: "read" | "skip";
  /** "0755" gives every entry this mode; the default on Windows, where files have none. Links always have 0777. */
  readonly modes?: "keep" | "0755" | undefined;
  /** Where to find what an earlier scan of this directory knew, so that unchanged files need not be hashed, nor their
   * extended attributes read. Not for volumes in memory. */
  readonly index?: ScanIndexOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the count of entries so far, some 60 times a second at most, and once at the end. */
  readonly onProgress?: ((entries: number) => void) | undefined;
}

export interface ScanResult {
  readonly snapshot: ScannedSnapshot;
  readonly warnings: readonly ScanWarning[];
  /** To be saved when the digests of the files are known. Undefined when the scan used none. */
  readonly index: ScanIndex | undefined;
}

/** How long the walk keeps the event loop waiting, in milliseconds. */
const turnMs = 16;

/** Scans a directory, on disk or in a memfs volume, into a snapshot. Files are not read; links are not followed;
 * FIFOs and devices become entries and are never opened; sockets are left out with a warning. A directory that is
 * excluded but holds something taken back by a `!` pattern is an entry with its own metadata. What vanishes while
 * the scan goes on is as if it had never been there.
 * @throws OciBuildError SNAPSHOT_ROOT_INVALID, SNAPSHOT_DIRECTORY_UNREADABLE, SNAPSHOT_ENTRY_UNREADABLE,
 * SNAPSHOT_TOO_LARGE; the signal's reason when aborted */
export async function scanDirectory(options: ScanOptions): Promise<ScanResult> {
  const fs = options.fs ?? nodeFs;
  options.signal?.throwIfAborted();
  const root = fs === nodeFs ? resolve(options.root) : options.root;
  const realRoot = resolveRoot(fs, root);
  const warnings: ScanWarning[] = [];
  const index = fs === nodeFs ? options.index : undefined;
  const name = { context: realRoot, variant: options.index?.variant ?? "" };
  const use = index === undefined ? undefined : await openIndex(index, name);
  const walk = startWalk({
    fs,
    root: realRoot,
    ignore: options.ignore,
    leftOut: leftOutTest(fs, root, realRoot, options.exclude),
    owners: options.owners,
    modes: options.modes ?? (process.platform === "win32" && fs === nodeFs ? "0755" : "keep"),
    xattrs: fs === nodeFs ? options.xattrs : "skip",
    index: use,
    warnings,
  });
  await walkInTurns(walk, options);
  const table = walk.table.finish();
  const digests = new DigestColumn(table.count);
  const digestsFromIndex = use === undefined ? 0 : takeDigests(table, use, digests);
  const work = { ...walk.work, digestsFromIndex };
  return {
    snapshot: scannedSnapshot({
      table,
      root: realRoot,
      fs,
      digests,
      work,
      isNew: use?.belief === "believe" && use.earlier === undefined,
    }),
    warnings,
    index:
      index === undefined || use === undefined ? undefined : scanIndex(index, name, { table, digests, use }),
  };
}

async function walkInTurns(walk: Walk, options: ScanOptions): Promise<void> {
  while (walkUntil(walk, monotonicMs() + turnMs) === "unfinished") {
    if (walk.attributes.waiting.length > 0) await supplyReader(walk);
    options.onProgress?.(walk.table.count - 1);
    await nextTurn();
    options.signal?.throwIfAborted();
  }
  options.onProgress?.(walk.table.count - 1);
}

function resolveRoot(fs: ContextFileSystem, root: string): string {
  try {
    const real = String(fs.realpathSync(root));
    if (((fs.lstatSync(real, { bigint: true })?.mode ?? 0n) & 0o170000n) === 0o040000n) return real;
  } catch (error) {
    throw rootInvalid(root, systemCode(error) ?? "unknown error", error);
  }
  throw rootInvalid(root, "expected a directory", undefined);
}

function rootInvalid(root: string, found: string, cause: unknown): Error {
  return snapshotError("SNAPSHOT_ROOT_INVALID", {
    message: `cannot scan ${JSON.stringify(root)}: ${found}`,
    data: { root },
    hint: "Name a directory that exists and can be read.",
    cause,
  });
}
