import type { Digest } from "../digest.js";
import type { EntryMeta, FileEntry } from "../entry.js";
import type { TarEntry } from "../tar/entry-header.js";
import type { LayerEntry } from "./layer-entry.js";
import type { TreeEntry, TreeFile } from "./layer-tree.js";
import { markerPath } from "./whiteout-name.js";

/** What a file's bytes turned out to be, and where in the tar they begin. */
export interface FileData {
  readonly digest: Digest;
  readonly dataOffset: number;
}

/** What the header of a layer's member says. A deletion is an empty file without rights, owner or time. */
export function headerOf(
  entry: Exclude<LayerEntry, { type: "file" }> | FileEntry,
  clampMtimeSec: number,
): TarEntry {
  if (entry.type === "whiteout" || entry.type === "opaque") {
    return { type: "file", path: markerPath(entry), size: 0, mode: 0, uid: 0, gid: 0, mtimeSec: 0 };
  }
  return entry.mtimeSec > clampMtimeSec ? { ...entry, mtimeSec: clampMtimeSec } : entry;
}

/** A member as the layer's tree holds it, without ways to open it. Hard links are members of their own, so a file has
 * no link group. */
export function treeEntryOf(
  entry: Exclude<LayerEntry, { type: "file" }>,
  mtimeSec: number,
): Exclude<TreeEntry, { type: "file" }> {
  switch (entry.type) {
    case "whiteout":
    case "opaque":
      return { type: entry.type, path: entry.path };
    case "symlink":
    case "hardlink":
      return { type: entry.type, ...metaOf(entry, mtimeSec), target: entry.target };
    case "character-device":
    case "block-device": {
      const { type, deviceMajor, deviceMinor } = entry;
      return { type, ...metaOf(entry, mtimeSec), deviceMajor, deviceMinor };
    }
    case "directory":
    case "fifo":
      return { type: entry.type, ...metaOf(entry, mtimeSec) };
  }
}

/** A file as the layer's tree holds it. */
export function treeFileOf(file: FileEntry, mtimeSec: number, data: FileData): TreeFile {
  const { path, mode, uid, gid, xattrs, size } = file;
  const { digest, dataOffset } = data;
  // Most files have no attributes, and a copy of a copy takes longer than all that is in it.
  if (xattrs === undefined) return { type: "file", path, mode, uid, gid, mtimeSec, size, digest, dataOffset };
  return { type: "file", ...metaOf(file, mtimeSec), size, digest, dataOffset };
}

function metaOf({ path, mode, uid, gid, xattrs }: EntryMeta, mtimeSec: number): EntryMeta {
  const meta = { path, mode, uid, gid, mtimeSec };
  return xattrs === undefined || xattrs.size === 0 ? meta : { ...meta, xattrs: sorted(xattrs) };
}

function sorted(xattrs: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  return new Map([...xattrs].sort(([a], [b]) => (a < b ? -1 : 1)));
}
