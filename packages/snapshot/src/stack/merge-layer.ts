import type { DirectoryEntry } from "@oci-build/oci";
import { pathIn } from "../path-in.js";
import { typeOfRow } from "../scan/table-entry.js";
import { type DirectoryNode, isDirectoryNode, type TreeNode } from "../tree/tree-node.js";
import { LayerDirectory, layerNode, type StackedLayer } from "./layer-node.js";

/** Deepest directory that both a layer and the tree below it have; what nests deeper is stacked entry by entry. */
const MERGE_MAX_DEPTH = 500;

/** A place that is in the tree and in the layer. */
interface Merged {
  readonly lower: DirectoryNode;
  readonly row: number;
  readonly path: string;
  readonly depth: number;
}

/** A tree with what a layer adds. Only directories that both have are gone through; all others are taken over whole.
 * Undefined when the layer goes through something that is no directory, such as a link. */
export function mergeLayer(root: DirectoryNode, layer: StackedLayer): DirectoryNode | undefined {
  return mergeDirectory(layer, { lower: root, row: 0, path: "", depth: 0 });
}

function mergeDirectory(layer: StackedLayer, { lower, row, path, depth }: Merged): DirectoryNode | undefined {
  if (depth > MERGE_MAX_DEPTH) return undefined;
  const own = new LayerDirectory(layer, { row, path }, layer.implied.has(row) ? lower.entry : undefined);
  if (lower.children.size === 0) return own;
  const rows = layer.lookup.entriesOf(row);
  if (rows.length === 0) return own.entry === lower.entry ? lower : withEntry(lower, own.entry);
  const children = new Map(lower.children);
  let ownCount = 0;
  for (const child of rows) {
    const name = layer.table.names[child] ?? "";
    const place = { row: child, path: pathIn(path, name), depth: depth + 1 };
    const node = mergeChild(layer, place, children.get(name));
    if (node === undefined) return undefined;
    children.set(name, node);
    if (isOwnNode(layer, node, child)) ownCount++;
  }
  // Everything is the layer's now, whatever was there before.
  if (ownCount === children.size) return own;
  return { entry: own.entry, children };
}

function withEntry(directory: DirectoryNode, entry: DirectoryEntry): DirectoryNode {
  if (directory instanceof LayerDirectory) return directory.withEntry(entry);
  return { entry, children: directory.children };
}

function mergeChild(
  layer: StackedLayer,
  place: Omit<Merged, "lower">,
  before: TreeNode | undefined,
): TreeNode | undefined {
  if (before === undefined || typeOfRow(layer.table, place.row) !== "directory")
    return layerNode(layer, place);
  if (isDirectoryNode(before)) return mergeDirectory(layer, { ...place, lower: before });
  return layer.implied.has(place.row) ? undefined : layerNode(layer, place);
}

/** Whether a node is a row of the layer, with all below it. */
function isOwnNode(layer: StackedLayer, node: TreeNode, row: number): boolean {
  if (node instanceof LayerDirectory) return node.layer === layer && node.row === row && node.isOwn;
  return !isDirectoryNode(node);
}
