import { compareTreePaths, type Entry } from "@oci-build/oci";
import { resolvePath, type Snapshot } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import type { Change, ChangeSet, Graft, LayerChange } from "./change.js";
import { graftChanges, isGraft } from "./graft-changes.js";
import { GraftSet } from "./graft-set.js";
import { refuseReservedName } from "./reserved-name.js";
import { parentPath } from "./tree-paths.js";

/** Owner of what a step makes or copies. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A change and when it was made: the count of changes before it. */
interface Placed {
  readonly change: Change;
  readonly time: number;
}

const ROOT: Entry = { type: "directory", path: "", mode: 0o755, uid: 0, gid: 0, mtimeSec: 0 };
const MADE_DIRECTORY_MODE = 0o755;

/** The file tree below a step together with what the step has written so far.
 *
 * Nothing is ever deleted: what would need it (a file in the place of a directory and the like) is a conflict, as in
 * BuildKit. */
export class ChangeTree {
  readonly #parent: Snapshot;
  readonly #changes = new Map<string, Placed>();
  /** Paths where something that is no directory took a directory's place, and when. */
  readonly #replaced = new Map<string, number>();
  readonly #grafts = new GraftSet();
  /** Every directory that some change lies below. */
  readonly #filled = new Set<string>();
  #clock = 0;

  constructor(parent: Snapshot) {
    this.#parent = parent;
  }

  get(path: string): Entry | undefined {
    if (path === "") return ROOT;
    const placed = this.#changes.get(path);
    if (this.#isGone(path, placed?.time ?? 0)) return undefined;
    return placed?.change.entry ?? this.#grafts.get(path) ?? this.#parent.get(path);
  }

  /** Whether nothing lies below a directory, neither in the tree below the step nor of what it has written. */
  isEmptyBelow(path: string): boolean {
    if (this.#filled.has(path) || this.#grafts.covering(path) !== undefined) return false;
    return this.#replaced.size === 0 && (this.#parent.list(path)?.length ?? 0) === 0;
  }

  /** Fills a directory below which nothing lies. The graft's entries are plain: see `SubtreeSurvey`. */
  graft(graft: Graft): void {
    this.#fill(graft.placement.path);
    this.#grafts.add(graft);
  }

  /** Makes single changes of a graft, so that something else can be written among them. */
  #expand(graft: Graft): void {
    this.#grafts.delete(graft);
    for (const change of graftChanges(graft)) this.#place(change);
  }

  #fill(path: string): void {
    for (let above = path; !this.#filled.has(above); above = parentPath(above)) {
      this.#filled.add(above);
      if (above === "") return;
    }
  }

  /** True when what was there at a time lay in a directory that something has taken the place of since. */
  #isGone(path: string, time: number): boolean {
    if (this.#replaced.size === 0) return false;
    for (let above = parentPath(path); above !== ""; above = parentPath(above)) {
      if ((this.#replaced.get(above) ?? 0) > time) return true;
    }
    return false;
  }

  #place(change: Change): void {
    const { path } = change.entry;
    refuseReservedName(path);
    const graft = this.#grafts.covering(path);
    if (graft !== undefined) this.#expand(graft);
    this.#fill(parentPath(path));
    this.#clock += 1;
    this.#changes.set(path, { change, time: this.#clock });
  }

  /** A path with all its links followed inside the root; what does not exist is kept as it is.
   * @throws OciBuildError SNAPSHOT_LINK_LOOP */
  resolve(path: string): string {
    return resolvePath(this, path, "follow-last").path;
  }

  /** Writes an entry. An existing directory stays one; anything else is replaced.
   * @throws OciBuildError COPY_DESTINATION_CONFLICT, COPY_RESERVED_NAME */
  put(change: Change): void {
    const { entry } = change;
    const existing = this.get(entry.path);
    const isDirectory = entry.type === "directory";
    if (existing !== undefined && isDirectory !== (existing.type === "directory")) {
      throw conflict(entry.path, existing.type, entry.type);
    }
    this.#place(change);
  }

  /** Writes a directory of which an existing one takes the mode alone.
   * @throws OciBuildError COPY_DESTINATION_CONFLICT, COPY_RESERVED_NAME */
  putDirectory(change: Change, sourceMode: number): void {
    const { path } = change.entry;
    const existing = this.get(path);
    if (existing?.type !== "directory") {
      this.put(change);
    } else if (existing.mode !== sourceMode) {
      const { mtime } = this.#changes.get(path)?.change ?? { mtime: "source" };
      this.#place({ entry: { ...existing, mode: sourceMode }, mtime });
    }
  }

  /** Writes an entry over whatever is there, as unpacking an archive does: what lies in a directory that another entry
   * takes the place of is gone.
   * @throws OciBuildError COPY_RESERVED_NAME */
  replace(change: Change): void {
    const { path, type } = change.entry;
    for (const graft of this.#grafts.all()) this.#expand(graft);
    const existing = this.get(path);
    this.#place(change);
    if (existing?.type === "directory" && type !== "directory") this.#replaced.set(path, this.#clock);
  }

  /** Makes a directory and its missing ancestors, 0755. `path` has no links in it: see `resolve`.
   * @throws OciBuildError COPY_DESTINATION_CONFLICT when something that is no directory is in the way,
   * COPY_RESERVED_NAME */
  makeDirectories(path: string, owner: Owner): void {
    if (path === "") return;
    const existing = this.get(path);
    if (existing?.type === "directory") return;
    if (existing !== undefined) throw conflict(path, existing.type, "directory");
    this.makeDirectories(parentPath(path), owner);
    const entry: Entry = { type: "directory", path, mode: MADE_DIRECTORY_MODE, ...owner, mtimeSec: 0 };
    this.#place({ entry, mtime: "record" });
  }

  /** What was written, in a layer's order, hard links resolved. */
  changeSet(): ChangeSet {
    const kept = [...this.#changes].filter(([path, { time }]) => !this.#isGone(path, time));
    const parts = [...kept.map(([, { change }]) => change), ...this.#grafts.all()];
    // The sort is stable: a graft stays behind the change of its own directory.
    const sorted = parts.sort((a, b) => compareTreePaths(placeOf(a), placeOf(b)));
    const firstOfGroup = new Map<string, string>();
    return { parts: sorted.map((part) => (isGraft(part) ? part : asLayerChange(part, firstOfGroup))) };
  }
}

/** What a part is sorted by. */
function placeOf(part: Change | Graft): string {
  return isGraft(part) ? part.placement.path : part.entry.path;
}

function asLayerChange(change: Change, firstOfGroup: Map<string, string>): LayerChange {
  const { entry } = change;
  if (entry.type !== "file" || entry.linkGroup === undefined) return change;
  const target = firstOfGroup.get(entry.linkGroup);
  if (target === undefined) {
    firstOfGroup.set(entry.linkGroup, entry.path);
    return change;
  }
  const { path, mode, uid, gid, mtimeSec, xattrs } = entry;
  return { entry: { type: "hardlink", path, mode, uid, gid, mtimeSec, xattrs, target }, mtime: "source" };
}

function conflict(path: string, found: string, wanted: string): Error {
  return buildError("COPY_DESTINATION_CONFLICT", {
    message: `cannot write a ${wanted} over a ${found}: /${path}`,
    data: { path: `/${path}`, found, wanted },
    hint: "Choose another destination, or remove what is there in an earlier stage.",
  });
}
