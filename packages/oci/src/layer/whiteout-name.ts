import type { OpaqueDirectory, Whiteout } from "./layer-entry.js";

/** Names that begin so are never files of a layer: they act on the layers below.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts */
const PREFIX = ".wh.";
const OPAQUE_NAME = ".wh..wh..opq";
/** Files of AUFS's own that old layers hold; tools skip all of them. */
const META_PREFIX = ".wh..wh.";

/** Whether some part of a path has a name that would act on the layers below. */
export function isReservedPath(path: string): boolean {
  return path.startsWith(PREFIX) || path.includes(`/${PREFIX}`);
}

/** The path of the empty file that stands for a deletion in a tar. */
export function markerPath(entry: Whiteout | OpaqueDirectory): string {
  if (entry.type === "opaque") return entry.path === "" ? OPAQUE_NAME : `${entry.path}/${OPAQUE_NAME}`;
  const slash = entry.path.lastIndexOf("/") + 1;
  return entry.path.slice(0, slash) + PREFIX + entry.path.slice(slash);
}

/** What a path of a layer's tar says about the layers below: nothing, a deletion, or `"ignored"` for a name of AUFS's
 * own; `"unsafe"` for a deletion of no name, `.` or `..`. */
export function readMarker(path: string): Whiteout | OpaqueDirectory | "ignored" | "unsafe" | undefined {
  const slash = path.lastIndexOf("/") + 1;
  const name = path.slice(slash);
  if (!name.startsWith(PREFIX)) return undefined;
  if (name === OPAQUE_NAME) return { type: "opaque", path: path.slice(0, Math.max(slash - 1, 0)) };
  if (name.startsWith(META_PREFIX)) return "ignored";
  const hidden = name.slice(PREFIX.length);
  if (hidden === "" || hidden === "." || hidden === "..") return "unsafe";
  return { type: "whiteout", path: path.slice(0, slash) + hidden };
}
