import type { Digest, DirectoryEntry, Entry, FileEntry, OpenFile } from "@oci-build/oci";

/** The bytes of a file; its hard links share one. The digest is remembered once it was computed. */
export interface FileData {
  readonly open: OpenFile;
  digest: Digest | Promise<Digest> | undefined;
}

/** A directory of a tree. Once its tree is given away it is never changed: later trees share it or copy it. */
export interface DirectoryNode {
  readonly entry: DirectoryEntry;
  readonly children: Map<string, TreeNode>;
}

export interface FileNode {
  readonly entry: FileEntry;
  readonly data: FileData;
}

/** Anything without children and bytes. */
interface LeafNode {
  readonly entry: Exclude<Entry, DirectoryEntry | FileEntry>;
}

export type TreeNode = DirectoryNode | FileNode | LeafNode;

export function isDirectoryNode(node: TreeNode | undefined): node is DirectoryNode {
  return node?.entry.type === "directory";
}

export function isFileNode(node: TreeNode | undefined): node is FileNode {
  return node?.entry.type === "file";
}

/** A directory that no layer describes: what unpacking makes for a file whose parents are missing. */
export function impliedDirectory(path: string): DirectoryNode {
  return {
    entry: { type: "directory", path, mode: 0o755, uid: 0, gid: 0, mtimeSec: 0 },
    children: new Map(),
  };
}

/** The node at exactly this path. */
export function nodeAt(root: DirectoryNode, path: string): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  if (path === "") return node;
  for (const name of path.split("/")) node = isDirectoryNode(node) ? node.children.get(name) : undefined;
  return node;
}
