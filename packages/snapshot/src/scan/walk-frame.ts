import { encodePath, isUtf8Path } from "@oci-build/oci";
import type { DirectoryMatch } from "../patterns/pattern-matcher.js";
import type { ContextStats } from "./context-file-system.js";
import type { EarlierCursor } from "./index/earlier-scan.js";
import type { RowFacts } from "./index/index-use.js";
import type { NameTest } from "./left-out-paths.js";

/** A directory on the way down. `row` is -1 as long as it is only passed through: it is excluded, and nothing below it
 * was taken back yet. */
export interface Frame {
  readonly place: Place;
  readonly name: string;
  readonly names: readonly string[];
  readonly stats: ContextStats;
  readonly match: DirectoryMatch | undefined;
  readonly isLeftOut: NameTest | undefined;
  readonly facts: RowFacts | undefined;
  /** In the earlier scan's rows of this directory. */
  readonly cursor: EarlierCursor | undefined;
  next: number;
  row: number;
  /** Whether each name so far became a row. */
  isComplete: boolean;
}

/** The paths of what a directory holds begin with these; `""` and the root with a slash for the root. */
export interface Place {
  readonly path: string;
  readonly native: string;
  /** Whether the path's bytes are UTF-8. */
  readonly encoding: "utf8" | "bytes";
}

/** The place of what lies in the root of a scan. */
export function rootPlace(root: string): Place {
  return { path: "", native: root.endsWith("/") ? root : `${root}/`, encoding: "utf8" };
}

/** The place of what lies in a directory. The search for bytes that are not UTF-8 also makes each path one flat string:
 * as they are put together they would be trees of pieces, which every path below would be copied from again. */
export function placeBelow(above: Place, name: string): Place {
  const path = `${above.path}${name}/`;
  const native = `${above.native}${name}/`;
  const isUtf8 = isUtf8Path(path) && isUtf8Path(native);
  return { path, native, encoding: isUtf8 ? "utf8" : "bytes" };
}

/** The path of an entry as the file system wants it: bytes where a name is not UTF-8. */
export function nativeOf({ native, encoding }: Place, name: string): string | Buffer {
  return encoding === "utf8" && isUtf8Path(name) ? native + name : encodePath(native + name);
}

/** A tree's path of a directory whose entries have this place. */
export function directoryPath({ path }: Place): string {
  return path.slice(0, -1);
}
