import { cleanArchivePath, type TarEntry } from "@oci-build/oci";
import { type RowMeta, TreeTableBuilder } from "../stack/tree-table-builder.js";
import type { TreeTable } from "./entry-table.js";

/** The columns of an archive's members, parents first, but in no other order. `dataOffsets` has where the bytes of each
 * row's file begin. */
export interface DraftTable {
  readonly table: TreeTable;
  readonly dataOffsets: readonly number[];
}

/** A hard link by its row, and the clean path of what it links to. */
export interface DraftLink {
  readonly row: number;
  readonly target: string;
}

/** One owner for all entries; undefined keeps each entry's own. */
export type TarOwner = { readonly uid: number; readonly gid: number } | undefined;

/** A directory of the draft, by how members write it. */
interface OpenDirectory {
  readonly row: number;
  /** What the names of its members begin with in the archive, as they stand there. */
  readonly prefix: string;
}

/** Longest path of a member, in UTF-16 code units: four times what Linux takes (PATH_MAX). */
const PATH_MAX_LENGTH = 16_384;

const CAPACITY = 1024;

/** Collects the members of a regular archive: one that names nothing twice but directories, and goes through nothing but
 * directories. Members mostly stand beside the one before, so their directories are looked for once. */
export class TarDraft {
  readonly builder: TreeTableBuilder;
  readonly links: DraftLink[] = [];
  readonly dataOffsets: number[] = [0];
  readonly #owner: TarOwner;
  readonly #impliedMeta: RowMeta;
  /** The directories in each directory, by row. */
  readonly #directories = new Map<number, Map<string, number>>();
  #open: OpenDirectory = { row: 0, prefix: "" };
  /** The row of the directory that the member at hand lies in. */
  #parent = 0;

  constructor(owner: TarOwner) {
    this.#owner = owner;
    this.#impliedMeta = { mode: 0o755, uid: 0, gid: 0, mtimeSec: 0, xattrs: undefined, ...owner };
    this.builder = new TreeTableBuilder(CAPACITY, this.#impliedMeta);
  }

  /** Takes the next member; "irregular" for one that columns do not have, or that only a tree of nodes can place.
   * @throws OciBuildError TAR_PATH_UNSAFE */
  add(entry: TarEntry, dataOffset: number): "added" | "irregular" {
    const name = this.#enter(entry.path);
    if (name === undefined || !fitsColumns(entry, this.#owner)) return "irregular";
    if (entry.type === "directory") this.#addDirectory(name, entry);
    else if (name === "") return "irregular";
    else this.#addOther(name, entry, dataOffset);
    return "added";
  }

  /** The row of the directory at a clean path. */
  directory(path: string): number | undefined {
    let row: number | undefined = 0;
    for (const name of path === "" ? [] : path.split("/")) {
      row = row === undefined ? undefined : this.#directories.get(row)?.get(name);
    }
    return row;
  }

  /** Goes to a member's directory and gives its name there; `""` for the root itself. */
  #enter(path: string): string | undefined {
    if (path.length > PATH_MAX_LENGTH) return undefined;
    const { prefix, row } = this.#open;
    const end = path.endsWith("/") ? path.length - 1 : path.length;
    if (path.startsWith(prefix)) {
      const slash = path.indexOf("/", prefix.length);
      const name = slash < 0 || slash === end ? path.slice(prefix.length, end) : "";
      if (name !== "" && name !== "." && name !== "..") {
        this.#parent = row;
        return name;
      }
    }
    return this.#enterAnew(path, end);
  }

  #enterAnew(path: string, end: number): string {
    const clean = cleanArchivePath(path);
    const slash = clean.lastIndexOf("/");
    const name = clean.slice(slash + 1);
    this.#parent = this.#makeDirectory(clean.slice(0, Math.max(slash, 0)));
    const prefix = path.slice(0, end - name.length);
    const isWritten = name !== "" && path.slice(0, end) === prefix + name;
    if (isWritten && (prefix === "" || prefix.endsWith("/"))) this.#open = { row: this.#parent, prefix };
    return name;
  }

  /** The directory at a clean path, made with those above it where they are missing. */
  #makeDirectory(path: string): number {
    let row = 0;
    for (const name of path === "" ? [] : path.split("/")) {
      row = this.#directories.get(row)?.get(name) ?? this.#appendDirectory(row, name, this.#impliedMeta);
    }
    return row;
  }

  #addDirectory(name: string, entry: TarEntry): void {
    const parent = this.#parent;
    const known = name === "" ? 0 : this.#directories.get(parent)?.get(name);
    const meta = this.#metaOf(entry);
    if (known !== undefined) this.builder.setMeta(known, meta);
    const row = known ?? this.#appendDirectory(parent, name, meta);
    // What comes next mostly lies in it.
    if (name !== "") this.#open = { row, prefix: entry.path.endsWith("/") ? entry.path : `${entry.path}/` };
  }

  #appendDirectory(parent: number, name: string, meta: RowMeta): number {
    const row = this.builder.directory(parent, name, meta);
    this.dataOffsets.push(0);
    const siblings = this.#directories.get(parent) ?? new Map<string, number>();
    this.#directories.set(parent, siblings.set(name, row));
    return row;
  }

  #addOther(name: string, entry: Exclude<TarEntry, { type: "directory" }>, dataOffset: number): void {
    const meta = this.#metaOf(entry);
    const parent = this.#parent;
    if (entry.type === "file") this.builder.file(parent, name, { ...meta, first: entry.size });
    else if (entry.type === "hardlink") {
      const row = this.builder.file(parent, name, { ...meta, first: 0 });
      this.links.push({ row, target: cleanArchivePath(entry.target) });
    } else this.builder.other(parent, name, { ...meta, ...otherRow(entry) });
    this.dataOffsets.push(entry.type === "file" ? dataOffset : 0);
  }

  #metaOf(entry: TarEntry): RowMeta {
    const { uid, gid } = this.#owner ?? entry;
    // Archives have what their writers' systems say of links; none of those that unpack them keeps it.
    const mode = entry.type === "symlink" ? 0o777 : entry.mode;
    return { mode, uid, gid, mtimeSec: entry.mtimeSec, xattrs: entry.xattrs };
  }
}

/** A link's, FIFO's or device's own part of a row. */
export function otherRow(entry: Exclude<TarEntry, { type: "directory" | "file" | "hardlink" }>): {
  readonly type: "symlink" | "fifo" | "character-device" | "block-device";
  readonly first: number;
  readonly second: number;
  readonly text: string;
} {
  const { type } = entry;
  if (type === "symlink") return { type, first: 0, second: 0, text: entry.target };
  if (type === "fifo") return { type, first: 0, second: 0, text: "" };
  return { type, first: entry.deviceMajor, second: entry.deviceMinor, text: "" };
}

/** Whether the columns hold an entry's numbers: those of owners and devices have 32 bits. */
export function fitsColumns(
  entry:
    | Exclude<TarEntry, { type: "hardlink" }>
    | { readonly type: "hardlink"; readonly uid: number; readonly gid: number },
  owner: TarOwner,
): boolean {
  if (owner === undefined && !(isId(entry.uid) && isId(entry.gid))) return false;
  return !("deviceMajor" in entry) || (isId(entry.deviceMajor) && isId(entry.deviceMinor));
}

function isId(value: number): boolean {
  return value >>> 0 === value;
}
