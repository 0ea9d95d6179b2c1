import { compareTreePaths, type LayerEntry } from "@oci-build/oci";
import {
  changeSet,
  diffSnapshots,
  type Snapshot,
  type SnapshotDifference,
  scanTar,
  type TarSnapshot,
} from "@oci-build/snapshot";
import { changesUnreadable } from "../changes/changes-errors.js";
import { createArguments } from "../changes/create-arguments.js";
import { imageXattrs } from "../changes/image-xattrs.js";
import type { UpperFolder } from "../changes/upper-folder.js";
import { startProgram } from "../process/host-program.js";
import { inFolder } from "../process/in-folder.js";
import { parentOf } from "../unpack/layer-paths.js";

export interface ScanFolderOptions extends UpperFolder {
  /** Where the scan keeps the bytes of all files until it is disposed of. */
  readonly temporaryDirectory: string;
}

export interface CopiedChangesOptions extends ScanFolderOptions {
  /** The folder as it was before the command. */
  readonly before: Snapshot;
  /** What was put into it since, only to be mounted on: it is no change as long as nothing came of it. */
  readonly stubs: ReadonlySet<string>;
}

/** What a folder holds, as its owners are inside the id space. The caller disposes of it.
 * @throws OciBuildError CHANGES_UNREADABLE, and as `scanTar` */
export async function scanFolder(options: ScanFolderOptions): Promise<TarSnapshot> {
  const { folder, space, tar, temporaryDirectory, signal } = options;
  const program = startProgram([tar, inFolder(folder), ...createArguments("exact"), "--", "."], {
    space,
    stdout: "read",
    signal,
  });
  program.stdin.end();
  try {
    const snapshot = await scanTar({ tar: program.stdout, temporaryDirectory, signal });
    const end = await program.ended;
    signal?.throwIfAborted();
    if (end.status === 0) return snapshot;
    await snapshot[Symbol.asyncDispose]();
    throw changesUnreadable(end);
  } catch (error) {
    program.kill();
    await program.ended;
    throw error;
  }
}

/** What a command changed in a folder, found by comparing all of it with what it was: as `readChanges` gives it, where
 * overlayfs is not to be had. It costs what the whole folder costs.
 *
 * Differs: a file that a command only opened to write, and left as it was, is not among the changes; and a file with
 * several names keeps them when it is written to, where overlayfs makes them files of their own.
 * @throws OciBuildError CHANGES_UNREADABLE, and as `scanTar` and `diffSnapshots` */
export async function* copiedChanges(
  options: CopiedChangesOptions,
): AsyncGenerator<Iterable<LayerEntry>, void, undefined> {
  const { before, signal } = options;
  await using after = await scanFolder(options);
  const all = await diffSnapshots(before, after, { times: "compare", signal });
  const differences = all.filter((difference) => !isStub(difference, options.stubs));
  yield withParents(changeSet(differences, after, { before }), after);
}

function isStub(difference: SnapshotDifference, stubs: ReadonlySet<string>): boolean {
  if (difference.kind !== "added" || !stubs.has(difference.path)) return false;
  const { after } = difference;
  return after.type === "directory" || (after.type === "file" && after.size === 0);
}

/** With the directories that lead to each entry, as they are in an upper directory, too. */
function withParents(entries: readonly LayerEntry[], after: Snapshot): readonly LayerEntry[] {
  const all = new Map<string, LayerEntry>();
  for (const entry of entries) if (entry.path !== "") all.set(entry.path, ownAttributes(entry));
  for (const { path } of entries) {
    for (let at = parentOf(path); at !== "" && !all.has(at); at = parentOf(at)) {
      const directory = after.get(at);
      if (directory?.type === "directory") all.set(at, ownAttributes(directory));
    }
  }
  return [...all.values()].sort((a, b) => compareTreePaths(a.path, b.path));
}

function ownAttributes(entry: LayerEntry): LayerEntry {
  if (entry.type === "whiteout" || entry.type === "opaque") return entry;
  return { ...entry, xattrs: imageXattrs(entry.xattrs) };
}
