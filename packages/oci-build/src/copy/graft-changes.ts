import type { Entry } from "@oci-build/oci";
import type { Placement } from "@oci-build/snapshot";
import type { Change, ChangeSet, FileOrigin, Graft, LayerChange } from "./change.js";
import { joinPath } from "./tree-paths.js";

export function isGraft(part: LayerChange | Graft): part is Graft {
  return "subtree" in part;
}

/** Where the bytes of a change's file come from; undefined for what has none. */
export function originOf(change: LayerChange): FileOrigin | undefined {
  return "origin" in change ? change.origin : undefined;
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
    const path = joinPath(placement.path, relative);
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
