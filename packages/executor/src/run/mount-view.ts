import { join } from "node:path";
import type { Entry } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import type { DiskFacts, LookOnDisk } from "./look-on-disk.js";

/** A tree, as far as it is looked up in. */
export type Lookup = Pick<Snapshot, "get">;

/** Something that is mounted at a path of a root. */
interface MountedTree {
  readonly target: string;
  readonly tree: Lookup;
  readonly content: MountedContent;
  readonly access: MountAccess;
}

/** Whether what is mounted can change between a look at it and a mount in it: a folder of the host, which other commands
 * may be writing to at the same time. */
export type MountedContent = "fixed" | "shared";

/** Whether something can be made in what is mounted. */
export type MountAccess = "read-only" | "read-write";

/** What a command sees: the root, and over it what is mounted so far, the last mount before the others. */
export class MountView implements Lookup {
  readonly #root: Lookup;
  readonly #mounted: MountedTree[] = [];

  constructor(root: Lookup) {
    this.#root = root;
  }

  /** `target` is a path without links. */
  add(
    target: string,
    tree: Lookup,
    {
      content = "fixed",
      access = "read-write",
    }: { readonly content?: MountedContent; readonly access?: MountAccess } = {},
  ): void {
    this.#mounted.unshift({ target, tree, content, access });
  }

  get(path: string): Entry | undefined {
    const mount = this.mountAt(path);
    if (mount === undefined) return this.#root.get(path);
    return mount.tree.get(path.slice(mount.target.length + 1));
  }

  /** The mount that a path lies in. */
  mountAt(path: string): MountedTree | undefined {
    return this.#mounted.find(({ target }) => path === target || path.startsWith(`${target}/`));
  }

  /** The target of the first mount on the way to a path that others may be changing. */
  sharedAbove(path: string): string | undefined {
    const shared = this.#mounted.filter(
      ({ content, target }) => content === "shared" && path.startsWith(`${target}/`),
    );
    return shared.map(({ target }) => target).sort((a, b) => a.length - b.length)[0];
  }
}

/** What lies below a path of a tree. */
export function partOfTree(tree: Lookup, path: string): Lookup {
  return { get: (name) => tree.get([path, name].filter((part) => part !== "").join("/")) };
}

/** One entry at the root, and nothing else. */
export function soleEntry(type: "directory" | "file"): Lookup {
  const meta = { path: "", mode: 0o755, uid: 0, gid: 0, mtimeSec: 0 };
  const entry: Entry = type === "directory" ? { type, ...meta } : { type, size: 0, ...meta };
  return { get: (path) => (path === "" ? entry : undefined) };
}

/** A folder of the host. */
export function folderLookup(folder: string, look: LookOnDisk): Lookup {
  return {
    get: (path): Entry | undefined => {
      const facts = look(pathOnHost(folder, path));
      return facts && entryOf(path, facts);
    },
  };
}

/** What lies on a disk as an entry. Other types than these three are no part of looking up, and are files here. */
export function entryOf(path: string, { mode, uid, gid, size, mtimeSec, target }: DiskFacts): Entry {
  const meta = { path, mode: mode & 0o7777, uid, gid, mtimeSec };
  if (target !== undefined) return { type: "symlink", target, ...meta };
  return (mode & 0o170000) === 0o040000 ? { type: "directory", ...meta } : { type: "file", size, ...meta };
}

/** An absolute path of the host that a path inside a folder stands for. */
export function pathOnHost(folder: string, path: string): string {
  return path === "" ? folder : join(folder, path);
}
