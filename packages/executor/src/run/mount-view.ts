import { lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { decodePath, type Entry, encodePath } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import { systemCode } from "../process/system-code.js";

/** A tree, as far as it is looked up in. */
export type Lookup = Pick<Snapshot, "get">;

/** Something that is mounted at a path of a root. */
interface MountedTree {
  readonly target: string;
  readonly tree: Lookup;
}

/** What a command sees: the root, and over it what is mounted so far, the last mount before the others. */
export class MountView implements Lookup {
  readonly #root: Lookup;
  readonly #mounted: MountedTree[] = [];

  constructor(root: Lookup) {
    this.#root = root;
  }

  /** `target` is a path without links. */
  add(target: string, tree: Lookup): void {
    this.#mounted.unshift({ target, tree });
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

/** A folder of the host. What this process may not look into is not seen. */
export function folderLookup(folder: string): Lookup {
  return { get: (path) => entryOnDisk(folder, path) };
}

/** An entry on disk, undefined when there is none. Other types than these three are no part of looking up, and are files
 * here. */
export function entryOnDisk(folder: string, path: string): Entry | undefined {
  const name = path === "" ? folder : Buffer.concat([Buffer.from(`${folder}/`), encodePath(path)]);
  try {
    const { mode, uid, gid, mtimeMs, size } = lstatSync(name);
    const meta = { path, mode: mode & 0o7777, uid, gid, mtimeSec: Math.floor(mtimeMs / 1000) };
    if ((mode & 0o170000) === 0o120000) {
      return { type: "symlink", target: decodePath(readlinkSync(name, "buffer")), ...meta };
    }
    return (mode & 0o170000) === 0o040000 ? { type: "directory", ...meta } : { type: "file", size, ...meta };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** An absolute path of the host that a path inside a folder stands for. */
export function pathOnHost(folder: string, path: string): string {
  return path === "" ? folder : join(folder, path);
}
