import { type DeviceEntry, type DirectoryEntry, encodePath, type TarEntry } from "@oci-build/oci";
import { NAME_MAX_BYTES, PATH_MAX_BYTES } from "./unpack-limits.js";

/** What a path of the layer is at the moment. Directories are kept whole, since a mark may have to be added to them. */
type Held = "file" | "other" | "whiteout" | DirectoryEntry;

/** Why a layer's member is refused. */
type PathProblem =
  | "lies below a link or a file of its layer"
  | "takes the place of a directory of its layer"
  | "links to what is no earlier file of its layer"
  | "has a path longer than Linux takes";

/** What is to be written for a member, in this order; or why it may not be. */
export type PathVerdict =
  | { readonly kind: "fits"; readonly write: readonly TarEntry[] }
  | { readonly kind: "refused"; readonly problem: PathProblem };

const opaqueValue: Uint8Array = Buffer.from("y");

/** The paths of one layer as they come. It makes sure that each member stands in directories of this layer, so that
 * nothing is written through a link, and says deletions in overlayfs's way.
 * @see https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories */
export class LayerPaths {
  readonly #opaqueXattr: string;
  readonly #held = new Map<string, Held>([["", impliedDirectory("")]]);
  readonly #implied = new Set<string>();
  #hidesAll = false;

  /** `opaqueXattr` is the name of the mark on directories that hide what lies below. */
  constructor(opaqueXattr: string) {
    this.#opaqueXattr = opaqueXattr;
  }

  /** All names so far. */
  get count(): number {
    return this.#held.size;
  }

  /** The directories that the layer has something in but does not describe, parents first. */
  get implied(): readonly string[] {
    return [...this.#implied];
  }

  /** Whether the layer hides all layers below it. Overlayfs has no mark for that. */
  get hidesAll(): boolean {
    return this.#hidesAll;
  }

  /** A member, its path clean. A later one takes the place of an earlier one. */
  add(entry: TarEntry): PathVerdict {
    const { path, type } = entry;
    const before = this.#held.get(path);
    if (type !== "directory" && typeof before === "object") {
      return refused("takes the place of a directory of its layer");
    }
    if (type === "hardlink" && this.#held.get(entry.target) !== "file") {
      return refused("links to what is no earlier file of its layer");
    }
    if (type !== "directory")
      return this.#put(entry, type === "file" || type === "hardlink" ? "file" : "other");
    const directory = this.#hides(before) ? this.#opaque(entry) : entry;
    this.#implied.delete(path);
    return this.#put(directory, directory);
  }

  /** The deletion of what lies below at a path. What the layer itself has there stays. */
  hide(path: string): PathVerdict {
    const before = this.#held.get(path);
    if (typeof before === "object") return this.hideBelow(path);
    return before === undefined ? this.#put(whiteout(path), "whiteout") : { kind: "fits", write: [] };
  }

  /** The deletion of all that lies below in a directory. */
  hideBelow(path: string): PathVerdict {
    const before = this.#held.get(path);
    if (path === "") this.#hidesAll = true;
    if (path === "" || (typeof before === "object" && this.#hides(before)))
      return { kind: "fits", write: [] };
    if (before === "file" || before === "other") return refused("lies below a link or a file of its layer");
    if (typeof before !== "object") this.#implied.add(path);
    const directory = this.#opaque(typeof before === "object" ? before : impliedDirectory(path));
    return this.#put(directory, directory);
  }

  #put(entry: TarEntry, held: Held): PathVerdict {
    if (isTooLong(entry.path)) return refused("has a path longer than Linux takes");
    const missing = this.#missingParents(entry.path);
    if (missing === undefined) return refused("lies below a link or a file of its layer");
    for (const directory of missing) {
      this.#held.set(directory.path, directory);
      this.#implied.add(directory.path);
    }
    this.#held.set(entry.path, held);
    return { kind: "fits", write: [...missing, entry] };
  }

  /** Parents first; undefined where one of them is no directory. */
  #missingParents(path: string): readonly DirectoryEntry[] | undefined {
    const missing: DirectoryEntry[] = [];
    for (let at = path; at !== ""; ) {
      at = parentOf(at);
      const held = this.#held.get(at);
      if (typeof held === "object") break;
      if (held === "file" || held === "other") return undefined;
      missing.push(this.#hides(held) ? this.#opaque(impliedDirectory(at)) : impliedDirectory(at));
    }
    return missing.reverse();
  }

  #hides(held: Held | undefined): boolean {
    return held === "whiteout" || (typeof held === "object" && held.xattrs?.has(this.#opaqueXattr) === true);
  }

  #opaque(directory: DirectoryEntry): DirectoryEntry {
    return { ...directory, xattrs: new Map([...(directory.xattrs ?? []), [this.#opaqueXattr, opaqueValue]]) };
  }
}

function refused(problem: PathProblem): PathVerdict {
  return { kind: "refused", problem };
}

/** A deletion as overlayfs keeps it. */
export function whiteout(path: string): DeviceEntry {
  const meta = { path, mode: 0, uid: 0, gid: 0, mtimeSec: 0 };
  return { type: "character-device", ...meta, deviceMajor: 0, deviceMinor: 0 };
}

/** As the tree of an image has it: see `emptyFileTree`. */
export function impliedDirectory(path: string): DirectoryEntry {
  return { type: "directory", path, mode: 0o755, uid: 0, gid: 0, mtimeSec: 0 };
}

/** The directory that a path lies in. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function isTooLong(path: string): boolean {
  if (path.length * 3 < NAME_MAX_BYTES) return false;
  const bytes = encodePath(path);
  if (bytes.length >= PATH_MAX_BYTES) return true;
  return path
    .split("/")
    .some((name) => name.length * 3 > NAME_MAX_BYTES && encodePath(name).length > NAME_MAX_BYTES);
}
