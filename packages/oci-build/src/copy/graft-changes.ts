import type { Entry } from "@oci-build/oci";
import type { Placement } from "@oci-build/snapshot";
import type { Change, ChangeSet, Graft, LayerChange } from "./change.js";

export function isGraft(part: LayerChange | Graft): part is Graft {
  return "subtree" in part;
}

/** Every single change, those that grafts stand for too. */
export function* eachChange({ parts }: ChangeSet): Iterable<LayerChange> {
  for (const part of parts) {
    if (isGraft(part)) yield* graftChanges(part);
    else yield part;
  }
}

/** The changes that a graft stands for, in their order. */
export function* graftChanges({ snapshot, subtree, placement }: Graft): Iterable<Change> {
  for (const { relative, entry } of subtree.entries()) {
    const path = placement.path === "" ? relative : `${placement.path}/${relative}`;
    const origin = entry.type === "file" ? { snapshot, path: entry.path } : undefined;
    yield { entry: placedEntry(entry, path, placement), mtime: "source", origin };
  }
}

/** An entry with another path, owner and mode. */
export function placedEntry(
  entry: Entry,
  path: string,
  { owner, modeOf }: Pick<Placement, "owner" | "modeOf">,
): Entry {
  if (modeOf === undefined || entry.type === "symlink") return { ...entry, path, ...owner };
  const type = entry.type === "directory" ? "directory" : "file";
  return { ...entry, path, mode: modeOf(entry.mode, type), ...owner };
}
