import type { EntryMeta, Xattrs } from "../entry.js";
import type { TarEntry } from "./entry-header.js";

/** One member's header, flat and of one shape for all types: what a type does not have is 0, empty or undefined.
 * Together `directory` and `name` are the member's path as it stands in the archive: see `cleanArchivePath`. */
export interface TarHeader {
  readonly type: TarEntry["type"];
  /** All up to the last slash that is not the path's end; members that stand together mostly share it. */
  readonly directory: string;
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  /** A file's size, or a device's major number. */
  readonly first: number;
  /** A device's minor number. */
  readonly second: number;
  /** What a link leads to. */
  readonly text: string;
  readonly xattrs: Xattrs | undefined;
}

/** A header as an entry of its own. */
export function tarEntryOf(header: TarHeader): TarEntry {
  const { type, directory, name, mode, uid, gid, mtimeSec, xattrs } = header;
  const path = directory + name;
  // Most members are such files, and a copy of a copy takes longer than reading what is in it.
  if (type === "file" && xattrs === undefined)
    return { type, path, mode, uid, gid, mtimeSec, size: header.first };
  const named = { path, mode, uid, gid, mtimeSec };
  const meta: EntryMeta = xattrs === undefined ? named : { ...named, xattrs };
  switch (type) {
    case "file":
      return { type, ...meta, size: header.first };
    case "hardlink":
    case "symlink":
      return { type, ...meta, target: header.text };
    case "character-device":
    case "block-device":
      return { type, ...meta, deviceMajor: header.first, deviceMinor: header.second };
    default:
      return { type, ...meta };
  }
}
