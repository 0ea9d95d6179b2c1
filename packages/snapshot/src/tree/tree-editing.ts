import { resolvePath } from "../resolve-path.js";
import { layerInvalid } from "./layer-invalid.js";
import { type DirectoryNode, type FileNode, impliedDirectory, isDirectoryNode, nodeAt } from "./tree-node.js";

/** A tree while it is made. Directories in `own` are new and may be changed; all others belong to earlier trees. */
export interface Editing {
  root: DirectoryNode;
  groups: number;
  readonly own: Set<DirectoryNode>;
  /** Names of link groups in the layer → first file of each, and the name in the tree. */
  readonly linked: Map<string, { readonly node: FileNode; readonly group: string }>;
  /** The directory that the last entry went into, by its path in the layer. */
  lastParent: { readonly path: string; readonly node: DirectoryNode } | undefined;
}

/** An editing of an earlier tree, with as many link groups as it has. */
export function newEditing(root: DirectoryNode, groups: number): Editing {
  return { root, groups, own: new Set(), linked: new Map(), lastParent: undefined };
}

/** The directory that an entry goes into, with links followed and missing directories made. */
export function parentOf(editing: Editing, layerPath: string): { directory: DirectoryNode; name: string } {
  const { parent, name } = splitPath(layerPath);
  if (editing.lastParent?.path !== parent) {
    const path = resolveIn(editing, parent, layerPath, "follow-last");
    editing.lastParent = { path: parent, node: ownDirectory(editing, path, layerPath) };
  }
  return { directory: editing.lastParent.node, name };
}

/** Longest path of an entry, in UTF-16 code units: four times what Linux takes (PATH_MAX). */
const LAYER_PATH_MAX_LENGTH = 16_384;

/** Splits an entry's path. Paths of layers are untrusted here: a tree may come from anywhere. */
function splitPath(path: string): { readonly parent: string; readonly name: string } {
  if (path.length > LAYER_PATH_MAX_LENGTH) {
    throw layerInvalid(path.slice(0, 100), `its path is longer than ${LAYER_PATH_MAX_LENGTH} characters`);
  }
  const isClean = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isClean) throw layerInvalid(path, "is not a clean relative path");
  const end = path.lastIndexOf("/");
  return { parent: path.slice(0, Math.max(end, 0)), name: path.slice(end + 1) };
}

/** The directory that holds what is at a resolved path, and its name there. */
export function ownParent(editing: Editing, path: string): { directory: DirectoryNode; name: string } {
  const { parent, name } = splitPath(path);
  return { directory: ownDirectory(editing, parent, path), name };
}

/** The directory at a resolved path, copied if it belongs to an earlier tree and made if it is missing. */
export function ownDirectory(editing: Editing, path: string, forPath: string = path): DirectoryNode {
  editing.root = owned(editing, editing.root);
  let directory = editing.root;
  for (const name of path === "" ? [] : path.split("/")) {
    const parentPath = directory.entry.path;
    const child =
      directory.children.get(name) ?? impliedDirectory(parentPath === "" ? name : `${parentPath}/${name}`);
    if (!isDirectoryNode(child))
      throw layerInvalid(forPath, `lies below ${JSON.stringify(child.entry.path)}, no directory`);
    const own = owned(editing, child);
    directory.children.set(name, own);
    directory = own;
  }
  return directory;
}

function owned(editing: Editing, directory: DirectoryNode): DirectoryNode {
  if (editing.own.has(directory)) return directory;
  const copy = { entry: directory.entry, children: new Map(directory.children) };
  editing.own.add(copy);
  return copy;
}

/** Where an entry of the layer lies in the tree: links above it are followed, not the entry itself. */
export function resolveEntryPath(editing: Editing, layerPath: string): string {
  const { parent, name } = splitPath(layerPath);
  const directory = resolveIn(editing, parent, layerPath, "follow-last");
  return directory === "" ? name : `${directory}/${name}`;
}

/** A path of the layer with its links followed. */
export function resolveIn(
  editing: Editing,
  path: string,
  forPath: string,
  last: "follow-last" | "keep-last",
): string {
  if (path.includes("\0")) throw layerInvalid(forPath, "has a NUL in its path");
  return resolvePath({ get: (at) => nodeAt(editing.root, at)?.entry }, path, last).path;
}
