import { chmod, chown, mkdir } from "node:fs/promises";
import type { LayerEntryBatches } from "@oci-build/oci";
import { fileTreeOf } from "@oci-build/snapshot";
import { executorError } from "../errors.js";
import type { MountFileMeta, RootLayer } from "../executor.js";
import type { OverlayXattrs } from "../unpack/overlay-xattrs.js";
import { findPrograms, programEnv } from "./find-programs.js";
import { firstLine } from "./first-line.js";
import type { HostPrograms } from "./host-facts.js";
import type { IdSpace } from "./id-space.js";
import type { LinklessSpace } from "./linkless-space.js";
import { openUserSpace } from "./open-host.js";
import { ownIdSpace } from "./open-id-space.js";
import { removeInSpace } from "./remove-in-space.js";
import { runProgram } from "./run-program.js";

/** Folders of the host that commands get with `kept` writes, whose files belong to users of their images. */
export interface HostFolders {
  /** Distinguishes folders whose owners were written through different mappings; safe as a file name. A command sees
   * right owners only in folders that were made with the same one. */
  readonly space: string;
  /** Makes a folder, where nothing is yet, with its owner as commands see it; with a single id all belong to root.
   * @throws OciBuildError EXECUTOR_FOLDER_FAILED; system errors as they are */
  make(folder: string, meta: MountFileMeta): Promise<void>;
  /** Unpacks a layer into a folder that `make` made and that is still empty. After an error it holds anything.
   * @throws OciBuildError UNPACK_MEMBER_REFUSED, UNPACK_LIMIT_EXCEEDED, UNPACK_LAYER_MISMATCH, UNPACK_FAILED; what the
   *   layer's source and the signal throw is passed on */
  fill(folder: string, layer: RootLayer, signal?: AbortSignal): Promise<void>;
  /** Removes a folder, whoever its files belong to; no error where there is none.
   * @throws OciBuildError EXECUTOR_FOLDERS_REMAIN */
  remove(folder: string): Promise<void>;
  /** What a folder holds, as the entries of a layer, owners as commands see them; the folder itself is no entry. It comes
   * in batches, in one pass: a file can be opened until the next entry is asked for.
   * @throws OciBuildError CHANGES_UNREADABLE, CHANGES_TOO_MANY */
  read(folder: string, signal?: AbortSignal): LayerEntryBatches;
}

export interface HostFolderParts {
  readonly space: IdSpace;
  readonly programs: Pick<HostPrograms, "rm" | "sh" | "tar">;
  /** Of the programs. */
  readonly env: NodeJS.ProcessEnv;
  /** For folders that commands may be changing while they are read. Who may not mount has none. */
  readonly linkless?: LinklessSpace | undefined;
}

/** Folders whose files belong to the ids of a space. */
export function hostFolders(parts: HostFolderParts): HostFolders {
  return {
    space: parts.space.id,
    make: (folder, meta) => makeFolder(folder, meta, parts),
    fill: (folder, layer, signal) => fillFolder({ folder, layer, signal }, parts),
    remove: (folder) => removeFolder(folder, parts),
    read: (folder, signal) => readFolder(folder, parts, signal),
  };
}

/** Does some work with the folders of the space that an executor would have here; nothing of it stays open.
 * @throws OciBuildError EXECUTOR_FOLDERS_REMAIN where there is none */
export async function withHostFolders<T>(
  { env }: { readonly env: NodeJS.ProcessEnv },
  work: (folders: HostFolders) => Promise<T>,
): Promise<T> {
  const { programs } = findPrograms(env);
  const context = { programs, env: programEnv(env) };
  const opened = process.geteuid?.() === 0 ? ownIdSpace() : await openUserSpace(context);
  if (opened.obstacle !== undefined) throw remaining([], `no id space: ${opened.obstacle.kind}`);
  try {
    return await work(hostFolders({ ...context, space: opened.space }));
  } finally {
    await opened.space[Symbol.asyncDispose]();
  }
}

const MAKE = 'mkdir -m 0700 -- "$1" && chown -- "$2" "$1" && chmod -- "$3" "$1"';

/** The caller itself is root of every space. */
async function makeFolder(
  folder: string,
  { mode, uid, gid }: MountFileMeta,
  { space, programs, env }: HostFolderParts,
): Promise<void> {
  if (space.mapping !== "subordinate" || (uid === 0 && gid === 0)) {
    await mkdir(folder, { mode: 0o700 });
    if (space.mapping === "root") await chown(folder, uid, gid);
    // Whatever this process's umask.
    await chmod(folder, mode);
    return;
  }
  const args = [folder, `${uid}:${gid}`, mode.toString(8)];
  const made = await runProgram(space.command([programs.sh, "-c", MAKE, "sh", ...args]), { env });
  if (made.status === 0) return;
  const said = firstLine(made.stderr);
  throw executorError("EXECUTOR_FOLDER_FAILED", {
    message: `cannot make a folder that belongs to ${uid}:${gid}: ${said}`,
    data: { folder, said },
    hint: "Give this user more subordinate ids, or the mount another owner.",
  });
}

interface Filling {
  readonly folder: string;
  readonly layer: RootLayer;
  readonly signal: AbortSignal | undefined;
}

async function fillFolder(
  { folder, layer, signal = new AbortController().signal }: Filling,
  { space, programs }: HostFolderParts,
): Promise<void> {
  const [{ unpackTar }, { unpackLimits }] = await Promise.all([
    import("../unpack/unpack-tar.js"),
    import("../unpack/unpack-limits.js"),
  ]);
  const overlayXattrs = overlayXattrsOf(space);
  await unpackTar(layer, { folder, space, tar: programs.tar, overlayXattrs, limits: unpackLimits, signal });
}

async function removeFolder(folder: string, parts: HostFolderParts): Promise<void> {
  const removed = await removeInSpace([folder], parts);
  if (removed.status !== 0) throw remaining([folder], firstLine(removed.stderr));
}

async function* readFolder(
  folder: string,
  { space, programs, linkless }: HostFolderParts,
  signal: AbortSignal | undefined,
): LayerEntryBatches {
  const { readChanges } = await import("../changes/read-changes.js");
  const overlayXattrs = overlayXattrsOf(space);
  const reading = { folder, tar: programs.tar, overlayXattrs, below: fileTreeOf([]), signal };
  yield* readChanges({ ...reading, space: linkless?.(folder) ?? space });
}

function overlayXattrsOf({ mapping }: Pick<IdSpace, "mapping">): OverlayXattrs {
  return mapping === "root" ? "trusted" : "user";
}

function remaining(folders: readonly string[], said: string): Error {
  return executorError("EXECUTOR_FOLDERS_REMAIN", {
    message: `cannot remove ${folders.join(", ") || "folders of other users"}: ${said}`,
    data: { folders, said },
  });
}
