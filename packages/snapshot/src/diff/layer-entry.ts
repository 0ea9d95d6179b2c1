import type { Entry, LayerEntry } from "@oci-build/oci";
import type { Snapshot } from "../snapshot.js";

/** A name of a tree as a layer has it; `firstName` is that of its file, where it is a further one. Files are opened through
 * the tree. */
export function layerEntry(entry: Entry, firstName: string | undefined, tree: Snapshot): LayerEntry {
  if (entry.type !== "file") return entry;
  if (firstName === undefined) return { ...plain(entry), open: () => tree.openFile(entry.path) };
  const { path, mode, uid, gid, mtimeSec, xattrs } = entry;
  return { type: "hardlink", path, mode, uid, gid, mtimeSec, xattrs, target: firstName };
}

/** Without the group: the layer says it with entries of its own. */
function plain(entry: Extract<Entry, { type: "file" }>): Extract<Entry, { type: "file" }> {
  const { type, path, mode, uid, gid, mtimeSec, xattrs, size } = entry;
  return { type, path, mode, uid, gid, mtimeSec, xattrs, size };
}
