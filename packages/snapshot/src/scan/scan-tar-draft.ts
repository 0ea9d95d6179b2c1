import { cleanArchivePath, type TarHeader } from "@oci-build/oci";
import { type RowMeta, TreeTableBuilder } from "../stack/tree-table-builder.js";
import type { TreeTable } from "./tree-table.js";

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

/** Longest path of a member, in UTF-16 code units: four times what Linux takes (PATH_MAX). */
const PATH_MAX_LENGTH = 16_384;

const CAPACITY = 1024;

/** What unpacking gives a directory that no member describes. */
export const impliedMeta: RowMeta = { mode: 0o755, uid: 0, gid: 0, mtimeSec: 0, xattrs: undefined };

/** Collects the members of a regular archive: one that names nothing twice but directories, and goes through nothing but
 * directories. Members mostly stand beside the one before, so their directories are looked for once. */
export class TarDraft {
  readonly builder: TreeTableBuilder = new TreeTableBuilder(CAPACITY, impliedMeta);
  readonly links: DraftLink[] = [];
  readonly dataOffsets: number[] = [0];
  /** The directories in each directory, by row. */
  readonly #directories = new Map<number, Map<string, number>>();
  /** The row of the directory of the member before, and how it stands in the archive. */
  #parent = 0;
  #written = "";
  #isRegular = true;

  /** False once a member came that columns do not have, or that only a tree of nodes can place. */
  get isRegular(): boolean {
    return this.#isRegular;
  }

  /** Takes the next member.
   * @throws OciBuildError TAR_PATH_UNSAFE */
  add(header: TarHeader, dataOffset: number): void {
    const { directory, name: written, type } = header;
    const name = written.endsWith("/") ? written.slice(0, -1) : written;
    if (directory.length + written.length > PATH_MAX_LENGTH) this.#isRegular = false;
    else if (name === "" || name === "." || name === "..") this.#addDotted(header);
    else {
      if (directory !== this.#written) this.#parent = this.#makeDirectory(cleanArchivePath(directory));
      // The next members have the same string, which so is known by its identity.
      this.#written = directory;
      if (type === "directory") this.#addDirectory(name, header);
      else this.#addOther(name, header, dataOffset);
    }
  }

  /** The row of the directory at a clean path. */
  directory(path: string): number | undefined {
    let row: number | undefined = 0;
    for (const name of path === "" ? [] : path.split("/")) {
      row = row === undefined ? undefined : this.#directories.get(row)?.get(name);
    }
    return row;
  }

  /** The directory at a clean path, made with those above it where they are missing. */
  #makeDirectory(path: string): number {
    let row = 0;
    for (const name of path === "" ? [] : path.split("/")) {
      row = this.#directories.get(row)?.get(name) ?? this.#appendDirectory(row, name, impliedMeta);
    }
    return row;
  }

  /** Only directories can be named so, the root mostly. */
  #addDotted(header: TarHeader): void {
    const path = cleanArchivePath(header.directory + header.name);
    if (header.type === "directory") this.builder.setMeta(this.#makeDirectory(path), header);
    else this.#isRegular = false;
  }

  #addDirectory(name: string, header: TarHeader): void {
    const known = this.#directories.get(this.#parent)?.get(name);
    if (known !== undefined) this.builder.setMeta(known, header);
    const row = known ?? this.#appendDirectory(this.#parent, name, header);
    // What comes next mostly lies in it.
    this.#parent = row;
    this.#written = `${header.directory}${name}/`;
  }

  #appendDirectory(parent: number, name: string, meta: RowMeta): number {
    const row = this.builder.directory(parent, name, meta);
    this.dataOffsets.push(0);
    const siblings = this.#directories.get(parent) ?? new Map<string, number>();
    this.#directories.set(parent, siblings.set(name, row));
    return row;
  }

  #addOther(name: string, header: TarHeader, dataOffset: number): void {
    const { builder } = this;
    if (header.type === "file") builder.file(this.#parent, name, header);
    else if (header.type === "hardlink") {
      const row = builder.file(this.#parent, name, header);
      this.links.push({ row, target: cleanArchivePath(header.text) });
    } else if (header.type === "symlink") {
      // Archives have what their writers' systems say of links; none of those that unpack them keeps it.
      builder.other(this.#parent, name, { ...header, mode: 0o777 });
    } else builder.other(this.#parent, name, header);
    this.dataOffsets.push(header.type === "file" ? dataOffset : 0);
  }
}
