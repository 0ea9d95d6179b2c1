import { compareTreePaths, type Entry, type LayerEntry } from "@oci-build/oci";
import type { Snapshot } from "../snapshot.js";
import type { SnapshotDifference } from "./diff-snapshots.js";
import { hardLinkNames } from "./hard-link-names.js";
import { layerEntry } from "./layer-entry.js";
import { opaqueDeletions } from "./opaque-directories.js";
import { remainingNames } from "./remaining-names.js";

export interface ChangeSetOptions {
  /** "whiteouts" (the default) deletes path by path, as the specification advises. "opaque" marks a directory instead
   * when nothing remains in it of what was there, for fewer entries. */
  readonly deletions?: "whiteouts" | "opaque" | undefined;
  /** The first tree. With it, names of a file are not written again because others of its names are gone. */
  readonly before?: Snapshot | undefined;
}

/** The differences from one tree to `after` as the entries of a layer, in the order of `compareTreePaths`: applied to
 * the first tree (see `FileTree.applyEntries`) they give `after`, with the times of both when the differences were found
 * with `times: "compare"`. A deleted directory is one whiteout; what an entry of another type replaces needs none. Of a
 * file with several names all are written when one has changed, since a layer's hard links only lead to files of the
 * same layer. Files are opened through `after`.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#representing-changes */
export function changeSet(
  differences: readonly SnapshotDifference[],
  after: Snapshot,
  options: ChangeSetOptions = {},
): readonly LayerEntry[] {
  const written = writtenEntries(differences, after, options.before);
  const firstNames = hardLinkNames(after);
  const entries = Array.from(written.values(), (entry) =>
    layerEntry(entry, firstNames.get(entry.path), after),
  );
  const deleted = whiteouts(differences, after);
  if (options.deletions === "opaque") {
    entries.push(...opaqueDeletions(deleted, after, (path) => written.has(path)));
  } else for (const path of deleted) entries.push({ type: "whiteout", path });
  return entries.sort((a, b) => compareTreePaths(a.path, b.path));
}

function writtenEntries(
  differences: readonly SnapshotDifference[],
  after: Snapshot,
  before: Snapshot | undefined,
): ReadonlyMap<string, Entry> {
  const written = new Map<string, Entry>();
  const remaining = before === undefined ? undefined : remainingNames(differences, before, after);
  for (const difference of differences) {
    if (difference.kind === "deleted" || remaining?.has(difference.path) === true) continue;
    written.set(difference.path, difference.after);
  }
  addOtherNames(written, after);
  return written;
}

function addOtherNames(written: Map<string, Entry>, after: Snapshot): void {
  const groups = new Set<string>();
  for (const entry of written.values()) {
    if (entry.type === "file" && entry.linkGroup !== undefined) groups.add(entry.linkGroup);
  }
  if (groups.size === 0) return;
  for (const entry of after.entries()) {
    const group = entry.type === "file" ? entry.linkGroup : undefined;
    if (group !== undefined && groups.has(group)) written.set(entry.path, entry);
  }
}

/** The deleted paths whose directory is still one; the others go with it. */
function whiteouts(differences: readonly SnapshotDifference[], after: Snapshot): readonly string[] {
  const paths: string[] = [];
  for (const { kind, path } of differences) {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (kind === "deleted" && after.get(parent)?.type === "directory") paths.push(path);
  }
  return paths;
}
