import { compareTreePaths, type Entry } from "@oci-build/oci";
import { executorError } from "../errors.js";
import type { Lookup } from "./mount-view.js";
import type { PreparedFile } from "./prepared-file.js";

const STUB_DIRECTORY_MODE = 0o755;
const STUB_FILE_MODE = 0o644;

/** A layer over those of the image with what mounts need and the image lacks, so that nothing of it is among the changes.
 * Directories that the image has keep what they are. */
export class StubLayer {
  readonly #tree: Lookup;
  readonly #madeSec: number;
  readonly #entries = new Map<string, PreparedFile>();

  /** `madeSec` is the time of what is made: a folder comes into the layer when a command puts something into it. */
  constructor(tree: Lookup, madeSec: number) {
    this.#tree = tree;
    this.#madeSec = madeSec;
  }

  /** Makes sure that something to mount on is at a path without links. A mount hides it, so any file is as good as
   * another; but a directory cannot take the place of a file, nor a file that of a directory.
   * @throws OciBuildError EXECUTOR_MOUNT_INVALID */
  add(path: string, type: "directory" | "file"): void {
    const names = path.split("/");
    const parents = names.map((_, index) => names.slice(0, index).join("/"));
    const found = this.#tree.get(path) ?? this.#stub(path);
    if (found !== undefined) {
      const isDirectory = found.type === "directory";
      if (isDirectory !== (type === "directory")) throw wrongMountType(path, type, found.type);
      return;
    }
    for (const parent of parents) this.#addParent(parent, path);
    const mode = type === "directory" ? STUB_DIRECTORY_MODE : STUB_FILE_MODE;
    this.#entries.set(path, this.#stubOf(path, type, mode));
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** The paths that the image lacks. */
  get paths(): readonly string[] {
    return [...this.#entries.keys()].filter((path) => this.#tree.get(path) === undefined);
  }

  /** Nothing when the image has all; else its members below `folder`, parents first. */
  files(folder: string): readonly PreparedFile[] {
    const sorted = [...this.#entries.values()].sort((a, b) => compareTreePaths(a.path, b.path));
    return sorted.map((file) => ({ ...file, path: file.path === "" ? folder : `${folder}/${file.path}` }));
  }

  #stub(path: string): { readonly type: PreparedFile["type"] } | undefined {
    return path === "" ? undefined : this.#entries.get(path);
  }

  #addParent(parent: string, path: string): void {
    const known = this.#entries.get(parent);
    const found = this.#tree.get(parent);
    if ((known ?? found ?? { type: "directory" }).type !== "directory") {
      throw wrongMountType(path, "directory", found?.type ?? "file");
    }
    if (known !== undefined) return;
    this.#entries.set(
      parent,
      found === undefined ? this.#stubOf(parent, "directory", STUB_DIRECTORY_MODE) : likeFound(found),
    );
  }

  #stubOf(path: string, type: "directory" | "file", mode: number): PreparedFile {
    const meta = { path, mode, mtimeSec: this.#madeSec };
    return type === "directory" ? { type, ...meta } : { type, content: new Uint8Array(), ...meta };
  }
}

function likeFound({ path, mode, uid, gid, mtimeSec, xattrs }: Entry): PreparedFile {
  return { type: "directory", path, mode, uid, gid, mtimeSec, xattrs };
}

/** The error for a target that is of another type than what is mounted on it. */
export function wrongMountType(path: string, wanted: "directory" | "file", found: string): Error {
  const problem = `${wanted === "directory" ? "a directory" : "a file"} is mounted there, and the image has a ${found}`;
  return mountInvalid(`/${path}`, problem);
}

/** The error for a mount that can never be made. */
export function mountInvalid(target: string, problem: string, hint?: string): Error {
  return executorError("EXECUTOR_MOUNT_INVALID", {
    message: `cannot mount at ${JSON.stringify(target)}: ${problem}`,
    data: { target, problem },
    ...(hint === undefined ? {} : { hint }),
  });
}
