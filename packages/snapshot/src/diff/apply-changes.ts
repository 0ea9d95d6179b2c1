import type { Entry, LayerEntry } from "@oci-build/oci";
import type { Snapshot } from "../snapshot.js";
import { type FileTree, fileTreeOf } from "../tree/file-tree.js";

/** A tree with the entries of a layer on top, such as those of `changeSet`, by the rules of `emptyFileTree`. Files that
 * the layer does not have are opened through the first tree, which must stay usable.
 * @throws OciBuildError SNAPSHOT_LAYER_INVALID, SNAPSHOT_LINK_LOOP */
export function applyChanges(before: Snapshot, changes: Iterable<LayerEntry>): FileTree {
  const tree = isFileTree(before) ? before : fileTreeOf(openedEntries(before));
  return tree.applyEntries(changes);
}

function isFileTree(snapshot: Snapshot): snapshot is FileTree {
  return "applyEntries" in snapshot;
}

function* openedEntries(snapshot: Snapshot): Iterable<LayerEntry> {
  for (const entry of snapshot.entries()) yield opened(entry, snapshot);
}

function opened(entry: Entry, snapshot: Snapshot): LayerEntry {
  if (entry.type !== "file") return entry;
  return { ...entry, open: () => snapshot.openFile(entry.path) };
}
