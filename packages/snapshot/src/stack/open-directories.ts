import type { RowMeta, TreeTableBuilder } from "./tree-table-builder.js";

/** A directory on the way to the present entry. */
interface OpenDirectory {
  readonly row: number;
  /** What the paths of its entries begin with. */
  readonly prefix: string;
  /** The name that was added to it last; `""` for none. */
  last: string;
}

/** Longest path of an entry, in UTF-16 code units: four times what Linux takes (PATH_MAX). */
const PATH_MAX_LENGTH = 16_384;

/** Finds the places of entries that come in the order of `compareTreePaths`, and makes the directories that they imply. */
export class OpenDirectories {
  /** Rows of directories that have no entry of their own. */
  readonly implied: Set<number> = new Set([0]);
  readonly #builder: TreeTableBuilder;
  readonly #impliedMeta: RowMeta;
  readonly #above: OpenDirectory[] = [];
  #directory: OpenDirectory = { row: 0, prefix: "", last: "" };

  constructor(builder: TreeTableBuilder, impliedMeta: RowMeta) {
    this.#builder = builder;
    this.#impliedMeta = impliedMeta;
  }

  /** The row of the directory that was entered last. */
  get row(): number {
    return this.#directory.row;
  }

  /** Goes into the directory of a path and gives the path's name there; undefined when the path is not clean or does not
   * come after all before it. */
  enter(path: string): string | undefined {
    if (path.length > PATH_MAX_LENGTH) return undefined;
    this.#leave(path);
    let start = this.#directory.prefix.length;
    for (let end = path.indexOf("/", start); end >= 0; end = path.indexOf("/", start)) {
      const name = path.slice(start, end);
      if (!this.#follows(name)) return undefined;
      const row = this.#builder.directory(this.#directory.row, name, this.#impliedMeta);
      this.implied.add(row);
      this.push(row, path.slice(0, end));
      start = end + 1;
    }
    const name = start === 0 ? path : path.slice(start);
    return this.#follows(name) ? name : undefined;
  }

  /** Goes into the directory that was added last. */
  push(row: number, path: string): void {
    this.#above.push(this.#directory);
    this.#directory = { row, prefix: `${path}/`, last: "" };
  }

  #leave(path: string): void {
    while (!path.startsWith(this.#directory.prefix)) {
      const above = this.#above.pop();
      if (above === undefined) return;
      this.#directory = above;
    }
  }

  /** Takes a name as the directory's next, if it may be that. */
  #follows(name: string): boolean {
    if (!(name > this.#directory.last) || name === "." || name === ".." || name.includes("\0")) return false;
    this.#directory.last = name;
    return true;
  }
}
