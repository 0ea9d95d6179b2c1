import {
  compareTreePaths,
  type DirectoryEntry,
  type Entry,
  type LayerEntry,
  type Xattrs,
} from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import type { UpperEntry } from "./upper-entry.js";
import type { NameKinds } from "./upper-names.js";

/** What an upper directory's entries mean to the tree below them, as the entries of a layer: a directory that hides what
 * lies below becomes deletions of just that, as the specification advises; deletions of nothing are dropped, and so are
 * directories that are only there because something in them was looked at.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts */
export async function* explicitDeletions(
  batches: AsyncIterable<Iterable<UpperEntry>>,
  names: NameKinds,
  below: Snapshot,
): AsyncGenerator<Iterable<LayerEntry>, void, undefined> {
  const order = new LayerOrder(names, below);
  for await (const batch of batches) yield order.place(batch);
  yield order.before(undefined);
}

/** Puts deletions between entries where they belong. */
class LayerOrder {
  readonly #names: NameKinds;
  readonly #below: Snapshot;
  /** Unchanged directories on the way to the entry at hand, not given out yet. */
  #held: DirectoryEntry[] = [];
  /** The directory whose deletions are listed. */
  #hiding: string | undefined;
  /** Deletions to come, the next one last. */
  #deleted: string[] = [];

  constructor(names: NameKinds, below: Snapshot) {
    this.#names = names;
    this.#below = below;
  }

  *place(batch: Iterable<UpperEntry>): Generator<LayerEntry> {
    for (const { entry, hides } of batch) {
      if (this.#deleted.length > 0) yield* this.before(entry.path);
      if (entry.type === "directory" && isSameDirectory(entry, this.#below.get(entry.path)))
        this.#hold(entry);
      else if (entry.type !== "whiteout" || this.#below.get(entry.path) !== undefined) {
        if (this.#held.length > 0) yield* this.#ways(entry.path);
        yield entry;
      }
      if (hides === "below") this.#hide(entry.path);
    }
  }

  /** The deletions that come before a path; at the end all of them. */
  *before(path: string | undefined): Generator<LayerEntry> {
    for (let next = this.#deleted.at(-1); next !== undefined; next = this.#deleted.at(-1)) {
      if (path !== undefined && compareTreePaths(next, path) > 0) return;
      this.#deleted.pop();
      yield* this.#ways(next);
      yield { type: "whiteout", path: next };
    }
  }

  #hold(directory: DirectoryEntry): void {
    this.#leave(directory.path);
    this.#held.push(directory);
  }

  /** Lists what a directory hides of the tree below. What is made inside of one hides nothing more. */
  #hide(path: string): void {
    if (this.#hiding !== undefined && path.startsWith(`${this.#hiding}/`)) return;
    this.#hiding = path;
    this.#deleted = [...this.#deletionsIn(path)].reverse();
  }

  *#deletionsIn(path: string): Generator<string> {
    for (const name of this.#below.list(path) ?? []) {
      const child = `${path}/${name}`;
      const kind = this.#names.get(child);
      if (kind === undefined) yield child;
      else if (kind === "directory") yield* this.#deletionsIn(child);
    }
  }

  /** The held directories that lead to a path. */
  *#ways(path: string): Generator<LayerEntry> {
    this.#leave(path);
    const held = this.#held;
    this.#held = [];
    yield* held;
  }

  /** Forgets held directories that do not lead to a path. */
  #leave(path: string): void {
    for (let last = this.#held.at(-1); last !== undefined; last = this.#held.at(-1)) {
      if (path.startsWith(`${last.path}/`)) return;
      this.#held.pop();
    }
  }
}

function isSameDirectory(a: DirectoryEntry, b: Entry | undefined): boolean {
  if (b?.type !== "directory") return false;
  const sameMeta = a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.mtimeSec === b.mtimeSec;
  return sameMeta && sameXattrs(a.xattrs ?? noXattrs, b.xattrs ?? noXattrs);
}

const noXattrs: Xattrs = new Map();

function sameXattrs(a: Xattrs, b: Xattrs): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || Buffer.compare(value, other) !== 0) return false;
  }
  return true;
}
