import { ociError } from "../errors.js";
import { isTreePath } from "../path-check.js";
import { compareTreePaths } from "../path-order.js";
import type { LayerEntry } from "./layer-entry.js";
import type { TreeEntry } from "./layer-tree.js";
import { isReservedPath } from "./whiteout-name.js";

const SLASH = 0x2f;

/** Refuses a member that must not follow those already in the layer, which all passed this check.
 * @throws OciBuildError LAYER_PATH_UNSAFE, LAYER_RESERVED_NAME, LAYER_PATH_DUPLICATE, LAYER_ENTRY_ORDER,
 * LAYER_PARENT_NOT_DIRECTORY, LAYER_HARDLINK_TARGET */
export function checkMember(entry: LayerEntry, earlier: readonly TreeEntry[]): void {
  checkPath(entry);
  const previous = earlier.at(-1);
  if (previous !== undefined) checkFollows(entry, previous);
  if (entry.type === "hardlink" && !isEarlierFile(entry.target, earlier)) {
    throw ociError("LAYER_HARDLINK_TARGET", {
      message: `hard link ${quoted(entry.path)} names ${quoted(entry.target)}, which is no earlier file of the layer`,
      data: { path: entry.path, target: entry.target },
    });
  }
}

function checkPath(entry: LayerEntry): void {
  const { path, type } = entry;
  const mayBeRoot = type === "directory" || type === "opaque";
  if (!isTreePath(path) || (path === "" && !mayBeRoot)) {
    throw ociError("LAYER_PATH_UNSAFE", {
      message: `${quoted(path)} is no path inside a layer`,
      data: { path },
    });
  }
  if (isReservedPath(path)) {
    throw ociError("LAYER_RESERVED_NAME", {
      message: `${quoted(path)} has a name that begins with ".wh.", which in a layer deletes another file`,
      data: { path },
      hint: "Rename the file, or leave it out with .dockerignore.",
    });
  }
}

function checkFollows(entry: LayerEntry, previous: TreeEntry): void {
  const order = compareTreePaths(previous.path, entry.path);
  if (order > 0) {
    throw ociError("LAYER_ENTRY_ORDER", {
      message: `${quoted(entry.path)} comes after ${quoted(previous.path)}, expected before`,
      data: { path: entry.path, previous: previous.path },
    });
  }
  // A directory may be followed by the mark that hides what the layers below have in it.
  if (order === 0 && !(previous.type === "directory" && entry.type === "opaque")) {
    throw ociError("LAYER_PATH_DUPLICATE", {
      message: `${quoted(entry.path)} occurs twice`,
      data: { path: entry.path },
    });
  }
  // What a path holds follows it at once, so no other parent than the one before need be looked at.
  if (!mayHold(previous) && isInside(entry.path, previous.path)) {
    throw ociError("LAYER_PARENT_NOT_DIRECTORY", {
      message: `${quoted(entry.path)} lies under ${quoted(previous.path)}, a ${previous.type}`,
      data: { path: entry.path, parent: previous.path },
    });
  }
}

function isInside(path: string, parent: string): boolean {
  return path.charCodeAt(parent.length) === SLASH && path.startsWith(parent);
}

function mayHold({ type }: TreeEntry): boolean {
  return type === "directory" || type === "opaque";
}

function isEarlierFile(path: string, earlier: readonly TreeEntry[]): boolean {
  let low = 0;
  let high = earlier.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareTreePaths(earlier[middle]?.path ?? "", path);
    if (order === 0) return earlier[middle]?.type === "file";
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

function quoted(path: string): string {
  return JSON.stringify(path);
}
