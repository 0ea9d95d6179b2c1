import type {
  Entry,
  FileEntry,
  LayerEntry,
  LayerHardLink,
  OpaqueDirectory,
  TreeEntry,
  Whiteout,
} from "@oci-build/oci";
import { layerInvalid } from "./layer-invalid.js";
import {
  type Editing,
  newEditing,
  ownDirectory,
  ownParent,
  parentOf,
  resolveEntryPath,
  resolveIn,
} from "./tree-editing.js";
import {
  type DirectoryNode,
  type FileData,
  type FileNode,
  isDirectoryNode,
  isFileNode,
  nodeAt,
  type TreeNode,
} from "./tree-node.js";

/** One member of a layer with the bytes of its file. */
export interface TreeEdit {
  readonly entry: LayerEntry | TreeEntry;
  readonly data?: FileData | undefined;
}

/** A tree with a layer applied. Deletions come first, wherever they stand: they are about the layers below only. */
export function applyEdits(
  root: DirectoryNode,
  groups: number,
  edits: readonly TreeEdit[],
): { readonly root: DirectoryNode; readonly groups: number } {
  const editing = newEditing(root, groups);
  for (const { entry } of edits) applyMark(editing, entry);
  for (const edit of edits) addEdit(editing, edit);
  return { root: editing.root, groups: editing.groups };
}

/** A tree without what a layer deletes of it. */
export function applyMarks(root: DirectoryNode, marks: Iterable<Whiteout | OpaqueDirectory>): DirectoryNode {
  const editing = newEditing(root, 0);
  for (const mark of marks) applyMark(editing, mark);
  return editing.root;
}

function applyMark(editing: Editing, { type, path }: LayerEntry | TreeEntry): void {
  if (type === "whiteout") removePath(editing, path);
  else if (type === "opaque") clearDirectory(editing, path);
}

function addEdit(editing: Editing, { entry, data }: TreeEdit): void {
  if (entry.type === "whiteout" || entry.type === "opaque") return;
  if (entry.path === "") setRoot(editing, entry);
  else if (entry.type === "hardlink") addHardLink(editing, entry);
  else if (entry.type !== "file") place(editing, entry.path, (path) => newNode({ ...entry, path }));
  else if (data !== undefined) addFile(editing, entry, data);
}

function newNode(entry: Exclude<Entry, FileEntry>): TreeNode {
  return entry.type === "directory" ? { entry, children: new Map() } : { entry };
}

function setRoot(editing: Editing, entry: LayerEntry | TreeEntry): void {
  if (entry.type !== "directory") throw layerInvalid("", "the root is no directory");
  editing.root = { entry, children: ownDirectory(editing, "").children };
  editing.own.add(editing.root);
  editing.lastParent = undefined;
}

/** Files of one link group share the bytes of the first, and get the group's name in the tree. */
function addFile(editing: Editing, entry: FileEntry, data: FileData): void {
  const plain = plainFile(entry);
  if (entry.linkGroup === undefined) {
    place(editing, entry.path, (path) => ({ entry: { ...plain, path }, data }));
    return;
  }
  const known = editing.linked.get(entry.linkGroup);
  const group = known?.group ?? newGroup(editing);
  const shared = known?.node.data ?? data;
  const node = place(editing, entry.path, (path) => fileNode({ ...plain, path, linkGroup: group }, shared));
  if (known === undefined && isFileNode(node)) editing.linked.set(entry.linkGroup, { node, group });
}

/** What the tree keeps of a file's entry: where its bytes lie in the layer is not about the tree. */
function plainFile(entry: FileEntry): FileEntry {
  const { type, path, mode, uid, gid, mtimeSec, xattrs, size } = entry;
  return { type, path, mode, uid, gid, mtimeSec, size, ...(xattrs === undefined ? {} : { xattrs }) };
}

function fileNode(entry: FileEntry, data: FileData): FileNode {
  return { entry, data };
}

function newGroup(editing: Editing): string {
  return `link-${++editing.groups}`;
}

function addHardLink(editing: Editing, entry: LayerHardLink): void {
  const target = resolveIn(editing, entry.target, entry.path, "keep-last");
  const node = nodeAt(editing.root, target);
  if (!isFileNode(node)) {
    throw layerInvalid(entry.path, `links to ${JSON.stringify(entry.target)}, which is no file before it`);
  }
  const group = node.entry.linkGroup ?? newGroup(editing);
  if (node.entry.linkGroup === undefined) {
    const { directory, name } = ownParent(editing, target);
    directory.children.set(name, fileNode({ ...node.entry, linkGroup: group }, node.data));
  }
  if (resolveEntryPath(editing, entry.path) === target) return;
  place(editing, entry.path, (path) => fileNode({ ...node.entry, path, linkGroup: group }, node.data));
}

/** Puts a node at a path of the layer; a directory takes over what an earlier directory there holds. */
function place(editing: Editing, layerPath: string, make: (path: string) => TreeNode): TreeNode {
  const { directory, name } = parentOf(editing, layerPath);
  const path = directory.entry.path === "" ? name : `${directory.entry.path}/${name}`;
  const before = directory.children.get(name);
  const made = make(path);
  const node =
    isDirectoryNode(made) && isDirectoryNode(before) ? { ...made, children: new Map(before.children) } : made;
  if (isDirectoryNode(node)) editing.own.add(node);
  // What was there may be the very directory remembered, or a link on the way to it.
  if (before !== undefined && !isFileNode(before)) editing.lastParent = undefined;
  directory.children.set(name, node);
  return node;
}

function removePath(editing: Editing, layerPath: string): void {
  const path = resolveEntryPath(editing, layerPath);
  if (nodeAt(editing.root, path) === undefined) return;
  const { directory, name } = ownParent(editing, path);
  directory.children.delete(name);
}

function clearDirectory(editing: Editing, layerPath: string): void {
  const path = layerPath === "" ? "" : resolveEntryPath(editing, layerPath);
  if (isDirectoryNode(nodeAt(editing.root, path))) ownDirectory(editing, path).children.clear();
}
