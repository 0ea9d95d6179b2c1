import type { DirectoryEntry, Entry, FileEntry, FileReader, TreeFile } from "@oci-build/oci";
import { pathIn } from "../path-in.js";
import { entryKinds } from "../scan/entry-kind.js";
import { entryOfRow, pathOfRow } from "../scan/table-entry.js";
import { Subtree } from "../subtree/subtree.js";
import type { DirectoryNode, FileData, FileNode, TreeNode } from "../tree/tree-node.js";
import type { LayerTable } from "./layer-table.js";

/** A layer's table in a tree, with a way to open its files. */
export interface StackedLayer extends LayerTable {
  readonly open: (file: TreeFile) => FileReader | Promise<FileReader>;
}

const directoryKind = entryKinds.indexOf("directory");
const fileKind = entryKinds.indexOf("file");

/** Where a row stands. */
interface RowPlace {
  readonly row: number;
  readonly path: string;
}

/** A directory that holds what one row of a layer's table holds, and nothing else. Entries and nodes are made when
 * somebody looks. */
export class LayerDirectory implements DirectoryNode {
  readonly layer: StackedLayer;
  readonly row: number;
  readonly #path: string;
  #entry: DirectoryEntry | undefined;
  #children: Map<string, TreeNode> | undefined;
  /** Whether it is the row with its own metadata. */
  readonly isOwn: boolean;

  /** `entry` where the metadata is not the row's. */
  constructor(layer: StackedLayer, { row, path }: RowPlace, entry?: DirectoryEntry) {
    this.layer = layer;
    this.row = row;
    this.#path = path;
    this.#entry = entry;
    this.isOwn = entry === undefined;
  }

  get entry(): DirectoryEntry {
    this.#entry ??= directoryEntry(this.layer, this.row, this.#path);
    return this.#entry;
  }

  get children(): Map<string, TreeNode> {
    this.#children ??= this.#makeChildren();
    return this.#children;
  }

  /** The same content with other metadata. */
  withEntry(entry: DirectoryEntry): LayerDirectory {
    return new LayerDirectory(this.layer, { row: this.row, path: this.#path }, entry);
  }

  /** All below it, by columns. */
  subtree(): Subtree {
    const { table, digests } = this.layer;
    const hash = (row: number) => digests.get(row) ?? unknownDigest(row);
    const files = {
      table,
      digests,
      hash,
      open: (row: number) => openRow(this.layer, row),
      isChanged: () => false,
      checksBytes: () => false,
    };
    return new Subtree(files, { row: this.row, path: this.#path });
  }

  #makeChildren(): Map<string, TreeNode> {
    const { lookup, table } = this.layer;
    const children = new Map<string, TreeNode>();
    for (const row of lookup.entriesOf(this.row)) {
      const name = table.names[row] ?? "";
      children.set(name, layerNode(this.layer, { row, path: pathIn(this.#path, name) }));
    }
    return children;
  }
}

class LayerFileNode implements FileNode {
  readonly #layer: StackedLayer;
  readonly #place: RowPlace;
  #entry: FileEntry | undefined;
  #data: FileData | undefined;

  constructor(layer: StackedLayer, place: RowPlace) {
    this.#layer = layer;
    this.#place = place;
  }

  get entry(): FileEntry {
    this.#entry ??= fileEntry(this.#layer, this.#place);
    return this.#entry;
  }

  get data(): FileData {
    const { row } = this.#place;
    this.#data ??= { open: () => openRow(this.#layer, row), digest: this.#layer.digests.get(row) };
    return this.#data;
  }
}

/** The node of a row. */
export function layerNode(layer: StackedLayer, place: RowPlace): TreeNode {
  const kind = layer.table.columns.kind[place.row];
  if (kind === directoryKind) return new LayerDirectory(layer, place);
  if (kind === fileKind) return new LayerFileNode(layer, place);
  const entry = entryOfRow(layer.table, place.row, place.path);
  return entry.type === "directory" || entry.type === "file" ? otherKind(entry) : { entry };
}

/** Where a name lies in a directory. */

/** Opens a file by the layer's own entry: that of its first name. */
function openRow(layer: StackedLayer, row: number): FileReader | Promise<FileReader> {
  const first = layer.table.linkGroups.get(row) ?? row;
  const { linkGroup: _, ...entry } = fileEntry(layer, { row: first, path: pathOfRow(layer.table, first) });
  const digest = layer.digests.get(first) ?? unknownDigest(first);
  return layer.open({ ...entry, digest, dataOffset: layer.dataOffsets[first] ?? 0 });
}

function directoryEntry(layer: StackedLayer, row: number, path: string): DirectoryEntry {
  const entry = entryOfRow(layer.table, row, path);
  return entry.type === "directory" ? entry : otherKind(entry);
}

function fileEntry({ table }: StackedLayer, { row, path }: RowPlace): FileEntry {
  const entry = entryOfRow(table, row, path);
  return entry.type === "file" ? entry : otherKind(entry);
}

function otherKind({ path, type }: Entry): never {
  throw new TypeError(`the row of ${path} turned into a ${type}`);
}

function unknownDigest(row: number): never {
  throw new TypeError(`the layer's tree has no digest for the file of row ${row}`);
}
