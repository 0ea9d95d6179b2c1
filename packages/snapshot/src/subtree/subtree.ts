import { type Digest, type Entry, type FileReader, isReservedPath, type LayerEntry } from "@oci-build/oci";
import type { FrameWriter } from "../content/frame-writer.js";
import { pathIn } from "../path-in.js";
import type { DigestColumn } from "../scan/digest-column.js";
import { entryKinds } from "../scan/entry-kind.js";
import { entryOfRow, pathOfRow, typeOfRow } from "../scan/table-entry.js";
import type { TreeTable } from "../scan/tree-table.js";
import type { Placement } from "./placement.js";
import { rowLayerEntries } from "./row-layer-entries.js";
import { writeRows } from "./write-rows.js";

/** What a subtree needs of the files of its tree, by row. */
export interface RowFiles {
  readonly table: TreeTable;
  readonly digests: DigestColumn;
  hash(row: number, path: string): Digest | Promise<Digest>;
  open(row: number, path: string): FileReader | Promise<FileReader>;
  /** See `Snapshot.isChanged`. */
  isChanged(row: number): boolean;
  /** See `Snapshot.checksBytes`. */
  checksBytes(row: number): boolean;
}

/** One entry of a subtree: `entry.path` is where it lies in the tree, `relative` where below the subtree's directory. */
export interface SubtreeEntry {
  readonly relative: string;
  readonly entry: Entry;
}

/** What there is in a subtree. */
export interface SubtreeSurvey {
  readonly entries: number;
  readonly fileBytes: number;
  /** How many bytes have to be read before all digests are known. */
  readonly unknownBytes: number;
  /** Files that are not as the scan before saw them, and their bytes; digests of others may be unknown, too. */
  readonly changedFiles: number;
  readonly changedBytes: number;
  /** False when some entry is a device, one of several hard links, or has a name that layers reserve. */
  readonly isPlain: boolean;
}

interface PlacedRow {
  readonly path: string;
  readonly type: Entry["type"];
}

const directoryKind = entryKinds.indexOf("directory");
const fileKind = entryKinds.indexOf("file");

/** Everything below one directory of a tree, in the tree's order: a run of rows in a table of columns. Entries
 * are made only where somebody asks for them; with 70,000 files that is most of the time of looking at them all. */
export class Subtree {
  /** The directory's path in its tree. */
  readonly path: string;
  readonly #files: RowFiles;
  readonly #first: number;
  readonly #end: number;

  constructor(files: RowFiles, directory: { readonly row: number; readonly path: string }) {
    this.path = directory.path;
    this.#files = files;
    this.#first = directory.row + 1;
    this.#end = endOfRows(files.table, directory.row);
  }

  survey(): SubtreeSurvey {
    const { columns, names } = this.#files.table;
    let [fileBytes, unknownBytes, changedFiles, changedBytes] = [0, 0, 0, 0];
    let isPlain = !this.#hasHardLinks();
    for (let row = this.#first; row < this.#end; row++) {
      const kind = columns.kind[row] ?? 0;
      if (isDevice(kind) || isReservedPath(names[row] ?? "")) isPlain = false;
      if (kind !== fileKind) continue;
      const size = columns.size[row] ?? 0;
      fileBytes += size;
      if (this.#files.digests.has(row)) continue;
      unknownBytes += size;
      if (!this.#files.isChanged(row)) continue;
      changedFiles += 1;
      changedBytes += size;
    }
    return { entries: this.#end - this.#first, fileBytes, unknownBytes, changedFiles, changedBytes, isPlain };
  }

  *entries(): Iterable<SubtreeEntry> {
    const { table } = this.#files;
    for (const { row, path } of this.#paths()) {
      yield { relative: relativePath(path, this.path), entry: entryOfRow(table, row, path) };
    }
  }

  /** Reads the files whose digests are not known yet, one a step; `hashSubtree` does it in turns.
   * @throws OciBuildError as `fileDigest` */
  *hashing(): Iterable<{ readonly bytes: number; readonly digest: Digest | Promise<Digest> | undefined }> {
    const { table, digests, hash } = this.#files;
    const { kind, size, parent } = table.columns;
    let directory = { row: this.#first - 1, path: this.path };
    for (let row = this.#first; row < this.#end; row++) {
      if (kind[row] !== fileKind) continue;
      const bytes = size[row] ?? 0;
      if (digests.has(row)) {
        yield { bytes, digest: undefined };
        continue;
      }
      const above = parent[row] ?? 0;
      if (above !== directory.row) directory = { row: above, path: pathOfRow(table, above) };
      yield { bytes, digest: hash(row, pathIn(directory.path, table.names[row] ?? "")) };
    }
  }

  /** The first and the last entry, as they stand at their new place. */
  ends({ path }: Placement): { readonly first: PlacedRow | undefined; readonly last: PlacedRow | undefined } {
    if (this.#first === this.#end) return { first: undefined, last: undefined };
    return { first: this.#placed(this.#first, path), last: this.#placed(this.#end - 1, path) };
  }

  #placed(row: number, directory: string): PlacedRow {
    const { table } = this.#files;
    const relative = relativePath(pathOfRow(table, row), this.path);
    return { path: pathIn(directory, relative), type: typeOfRow(table, row) };
  }

  /** For content digests: writes all entries of a plain subtree as they stand at their new place. */
  writeContent(frames: FrameWriter, placement: Placement): void {
    writeRows(frames, { files: this.#files, first: this.#first, end: this.#end }, placement);
  }

  /** The entries of a plain subtree as a layer has them at their new place. With digests that are "known", those of all
   * files are; else files have none, and the layer's writer finds them. */
  layerEntries(placement: Placement, digests: "known" | "unknown"): Iterable<LayerEntry> {
    const range = { files: this.#files, first: this.#first, end: this.#end, path: this.path };
    return rowLayerEntries(range, placement, digests);
  }

  *#paths(): Iterable<{ readonly row: number; readonly path: string }> {
    const { names, columns } = this.#files.table;
    let directory = { row: this.#first - 1, path: this.path };
    for (let row = this.#first; row < this.#end; row++) {
      const parent = columns.parent[row] ?? 0;
      if (parent !== directory.row) directory = { row: parent, path: pathOfRow(this.#files.table, parent) };
      const name = names[row] ?? "";
      const path = pathIn(directory.path, name);
      yield { row, path };
      if (columns.kind[row] === directoryKind) directory = { row, path };
    }
  }

  #hasHardLinks(): boolean {
    for (const row of this.#files.table.linkGroups.keys()) {
      if (row >= this.#first && row < this.#end) return true;
    }
    return false;
  }
}

function relativePath(path: string, directory: string): string {
  return directory === "" ? path : path.slice(directory.length + 1);
}

function isDevice(kind: number): boolean {
  return entryKinds[kind]?.endsWith("device") === true;
}

/** The row behind the last one below a directory: rows stand in the tree's order, so everything below it has a parent
 * that does not come before it. */
function endOfRows({ count, columns }: TreeTable, directory: number): number {
  let row = directory + 1;
  while (row < count && (columns.parent[row] ?? 0) >= directory) row++;
  return row;
}
