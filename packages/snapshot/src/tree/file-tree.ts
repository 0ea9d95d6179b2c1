import {
  type DiffId,
  type Digest,
  type Entry,
  type FileReader,
  type LayerEntry,
  type LayerTree,
  layerRows,
  type TreeFile,
} from "@oci-build/oci";
import { notAFile } from "../scan/file-check.js";
import type { Snapshot } from "../snapshot.js";
import { LayerDirectory, type StackedLayer } from "../stack/layer-node.js";
import { layerTable } from "../stack/layer-table.js";
import { mergeLayer } from "../stack/merge-layer.js";
import type { Subtree } from "../subtree/subtree.js";
import { applyEdits, applyMarks, type TreeEdit } from "./apply-edits.js";
import { hashReader } from "./hash-reader.js";
import {
  type DirectoryNode,
  type FileNode,
  impliedDirectory,
  isDirectoryNode,
  isFileNode,
  nodeAt,
  type TreeNode,
} from "./tree-node.js";

/** Opens a file of a layer that lies somewhere, such as in a cache. `file` is the layer's own entry. */
export type OpenLayerFile = (diffId: DiffId, file: TreeFile) => FileReader | Promise<FileReader>;

/** A tree in memory, made by stacking layers. It never changes: `applyLayer` and `applyEntries` give a new one that
 * shares all directories they leave alone. Hard links have one `linkGroup`, which is of this tree only.
 * `subtree` has the directories whose whole content is of one layer; it is undefined for others too. */
export interface FileTree extends Snapshot {
  /** This tree with a layer on top; the bytes of its files are opened through `openLayerFile`. Costs what the layer's
   * rows cost to read, and what it has in directories that this tree has too; the layer's `entries` are looked at only
   * where it is not sorted, or leads through links.
   * @throws OciBuildError SNAPSHOT_LAYER_INVALID, SNAPSHOT_LINK_LOOP */
  applyLayer(layer: LayerTree): FileTree;
  /** This tree with a change set on top, by the same rules.
   * @throws OciBuildError SNAPSHOT_LAYER_INVALID, SNAPSHOT_LINK_LOOP */
  applyEntries(entries: Iterable<LayerEntry>): FileTree;
}

/** The tree that has nothing but its root. Layers are stacked on it as runtimes unpack them: whiteouts and opaque
 * directories hide what lies below the layer, wherever they stand in it; a directory merges with a directory and
 * everything else replaces what has its name, whole directories included; parents that are links are followed inside
 * the root, missing ones are made with mode 0755. The root's own entry, where a layer has one, gives its metadata.
 *
 * Differs: a hard link takes the metadata of its file; unpackers apply those of the link's own tar header.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#applying-changesets */
export function emptyFileTree(openLayerFile: OpenLayerFile): FileTree {
  return new StackedTree(impliedDirectory(""), 0, openLayerFile);
}

/** A tree of given entries, whose files open themselves. Parents may be left out; order does not matter but for hard
 * links, which follow their file.
 * @throws OciBuildError SNAPSHOT_LAYER_INVALID */
export function fileTreeOf(entries: Iterable<LayerEntry>): FileTree {
  const noLayers: OpenLayerFile = (_, file) => {
    throw notAFile(file.path, "a layer, and no way to open it");
  };
  return emptyFileTree(noLayers).applyEntries(entries);
}

class StackedTree implements FileTree {
  readonly #root: DirectoryNode;
  /** How many link groups this tree and those below it have given names to. */
  readonly #groups: number;
  readonly #openLayerFile: OpenLayerFile;

  constructor(root: DirectoryNode, groups: number, openLayerFile: OpenLayerFile) {
    this.#root = root;
    this.#groups = groups;
    this.#openLayerFile = openLayerFile;
  }

  applyLayer(layer: LayerTree): FileTree {
    const table = layerTable(layer.diffId, layerRows(layer));
    if (table === undefined) return this.#applyOneByOne(layer);
    const groups = this.#groups + (table.table.linkGroups.size > 0 ? 1 : 0);
    const stacked: StackedLayer = {
      ...table,
      table: { ...table.table, linkPrefix: `link-${groups}:` },
      open: (file) => this.#openLayerFile(layer.diffId, file),
    };
    const root = mergeLayer(applyMarks(this.#root, table.marks), stacked);
    if (root === undefined) return this.#applyOneByOne(layer);
    return new StackedTree(root, groups, this.#openLayerFile);
  }

  #applyOneByOne(layer: LayerTree): FileTree {
    const openLayerFile = this.#openLayerFile;
    const edits = layer.entries.map((entry): TreeEdit => {
      if (entry.type !== "file") return { entry };
      return { entry, data: { open: () => openLayerFile(layer.diffId, entry), digest: entry.digest } };
    });
    return this.#apply(edits);
  }

  applyEntries(entries: Iterable<LayerEntry>): FileTree {
    const edits = Array.from(entries, (entry): TreeEdit => {
      return entry.type === "file" ? { entry, data: { open: entry.open, digest: entry.digest } } : { entry };
    });
    return this.#apply(edits);
  }

  #apply(edits: readonly TreeEdit[]): FileTree {
    const { root, groups } = applyEdits(this.#root, this.#groups, edits);
    return new StackedTree(root, groups, this.#openLayerFile);
  }

  entries(): Iterable<Entry> {
    return entriesBelow(this.#root);
  }

  get(path: string): Entry | undefined {
    return nodeAt(this.#root, path)?.entry;
  }

  list(path: string): readonly string[] | undefined {
    const node = nodeAt(this.#root, path);
    return isDirectoryNode(node) ? sortedNames(node) : undefined;
  }

  subtree(path: string): Subtree | undefined {
    const node = nodeAt(this.#root, path);
    return node instanceof LayerDirectory ? node.subtree() : undefined;
  }

  openFile(path: string): FileReader | Promise<FileReader> {
    return this.#file(path).data.open();
  }

  fileDigest(path: string): Digest | Promise<Digest> {
    const { data } = this.#file(path);
    if (data.digest !== undefined) return data.digest;
    const pending = hashReader(data.open);
    data.digest = pending;
    pending.then(
      (digest) => {
        data.digest = digest;
      },
      () => {
        data.digest = undefined;
      },
    );
    return pending;
  }

  #file(path: string): FileNode {
    const node = nodeAt(this.#root, path);
    if (!isFileNode(node)) throw notAFile(path, node?.entry.type ?? "nothing");
    return node;
  }
}

/** Without recursion: a hostile layer may nest deeper than the call stack. */
function* entriesBelow(root: DirectoryNode): Iterable<Entry> {
  const pending: TreeNode[] = childrenBackwards(root);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    yield node.entry;
    if (isDirectoryNode(node)) for (const child of childrenBackwards(node)) pending.push(child);
  }
}

function childrenBackwards(node: DirectoryNode): TreeNode[] {
  const children: TreeNode[] = [];
  for (const name of sortedNames(node).toReversed()) {
    const child = node.children.get(name);
    if (child !== undefined) children.push(child);
  }
  return children;
}

/** Array.sort goes by UTF-16 code units, as `compareTreePaths` does. */
function sortedNames(node: DirectoryNode): readonly string[] {
  return [...node.children.keys()].sort();
}
