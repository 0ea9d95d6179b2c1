import type { LayerEntry } from "@oci-build/oci";
import type { Snapshot } from "../snapshot.js";
import { hardLinkNames } from "./hard-link-names.js";
import { layerEntry } from "./layer-entry.js";

/** All of a tree but its root as the entries of a layer, in the tree's order: what `changeSet` gives of the differences from
 * nothing to it. Files are opened through the tree. */
export function* treeAsLayer(tree: Snapshot): Iterable<LayerEntry> {
  const firstNames = hardLinkNames(tree);
  for (const entry of tree.entries()) yield layerEntry(entry, firstNames.get(entry.path), tree);
}
