import { lstat } from "node:fs/promises";
import {
  compareTreePaths,
  type DirectoryEntry,
  digestOf,
  type Entry,
  encodeEntryHeader,
  encodePath,
  parseDiffId,
  systemErrorCode,
} from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import { executorError } from "../errors.js";
import type { RootLayer } from "../executor.js";
import { impliedDirectory, parentOf } from "./layer-paths.js";
import type { UnpackedLayer } from "./unpacked-layers.js";

const TAR_END_BYTES = 1024;

/** The layer to put on top of others so that directories look as the tree has them which some layer has without
 * describing them: a layer that has nothing but `tmp/file` says nothing about `/tmp`, but its folder does. Undefined
 * where all is well. Its diffId is of what it corrects, so it is unpacked once for many roots.
 * @throws OciBuildError UNPACK_LAYER_THROUGH_LINK */
export async function correctionLayer(
  layers: readonly UnpackedLayer[],
  tree: Snapshot,
): Promise<RootLayer | undefined> {
  const wanted = new Map<string, DirectoryEntry>();
  for (const [index, { implied }] of layers.entries()) {
    for (const path of implied) {
      const entry = tree.get(path);
      if (entry?.type === "directory") addWanted(wanted, entry, tree);
      else if (entry?.type === "symlink") await checkReplaced(path, layers, index);
    }
  }
  if (wanted.size === 0) return undefined;
  const entries = [...wanted.values()].sort((a, b) => compareTreePaths(a.path, b.path));
  const tar = Buffer.concat([
    ...entries.map((entry) => encodeEntryHeader(entry)),
    Buffer.alloc(TAR_END_BYTES),
  ]);
  return { diffId: parseDiffId(digestOf(tar)), open: () => once(tar) };
}

/** With the directories above, which the layer would not describe otherwise. */
function addWanted(wanted: Map<string, DirectoryEntry>, directory: DirectoryEntry, tree: Snapshot): void {
  if (isImplied(directory)) return;
  for (let entry: Entry | undefined = directory; entry?.type === "directory" && entry.path !== ""; ) {
    if (wanted.has(entry.path)) return;
    wanted.set(entry.path, entry);
    entry = tree.get(parentOf(entry.path));
  }
}

function isImplied({ path, mode, uid, gid, mtimeSec, xattrs }: DirectoryEntry): boolean {
  const implied = impliedDirectory(path);
  const isPlain = mode === implied.mode && uid === 0 && gid === 0 && mtimeSec === implied.mtimeSec;
  return isPlain && (xattrs === undefined || xattrs.size === 0);
}

/** Where the tree has a link that no higher layer brought, the layer's files are meant to lie where the link leads, but
 * overlayfs would show its directory instead. */
async function checkReplaced(path: string, layers: readonly UnpackedLayer[], index: number): Promise<void> {
  for (const { folder } of layers.slice(index + 1)) if (await hasLink(folder, path)) return;
  throw executorError("UNPACK_LAYER_THROUGH_LINK", {
    message: `RUN cannot use a layer that has files below ${JSON.stringify(path)}, a link of another layer`,
    data: { path },
    hint: "Put the files where the link leads when making that layer.",
  });
}

async function hasLink(folder: string, path: string): Promise<boolean> {
  try {
    return (await lstat(Buffer.concat([Buffer.from(`${folder}/`), encodePath(path)]))).isSymbolicLink();
  } catch (error) {
    const code = systemErrorCode(error);
    // What this process may not look at is taken to be there.
    if (code === "EACCES") return true;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
