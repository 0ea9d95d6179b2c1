import type { Entry } from "@oci-build/oci";
import type { Graft } from "./change.js";
import { placedEntry } from "./graft-changes.js";
import { joinPath, parentPath } from "./tree-paths.js";

/** Grafts by the directories that they fill. None lies below another. */
export class GraftSet {
  readonly #grafts = new Map<string, Graft>();

  add(graft: Graft): void {
    this.#grafts.set(graft.placement.path, graft);
  }

  delete(graft: Graft): void {
    this.#grafts.delete(graft.placement.path);
  }

  all(): readonly Graft[] {
    return [...this.#grafts.values()];
  }

  /** The graft that a path lies in. */
  covering(path: string): Graft | undefined {
    if (this.#grafts.size === 0) return undefined;
    for (let above = path; above !== ""; ) {
      above = parentPath(above);
      const graft = this.#grafts.get(above);
      if (graft !== undefined) return graft;
    }
    return undefined;
  }

  /** The entry that a graft has at a path, as it stands there. */
  get(path: string): Entry | undefined {
    const graft = this.covering(path);
    if (graft === undefined) return undefined;
    const { snapshot, subtree, placement } = graft;
    const relative = placement.path === "" ? path : path.slice(placement.path.length + 1);
    const entry = snapshot.get(joinPath(subtree.path, relative));
    return entry === undefined ? undefined : placedEntry(entry, path, placement);
  }
}
