import type { LayerEntry } from "@oci-build/oci";
import type { Snapshot } from "../snapshot.js";

/** Deletions with as few entries as can be: of a directory in which the layer writes everything there is, the topmost
 * such one is opaque, and nothing below it needs a whiteout. Never the root. `isWritten` tells what the layer has. */
export function opaqueDeletions(
  whiteouts: readonly string[],
  after: Snapshot,
  isWritten: (path: string) => boolean,
): readonly LayerEntry[] {
  if (whiteouts.length === 0) return [];
  const kept = directoriesWithOld(after, isWritten);
  const opaque = new Set<string>();
  const entries: LayerEntry[] = [];
  for (const path of whiteouts) {
    const directory = topmostWithoutOld(path, kept);
    if (directory === undefined) entries.push({ type: "whiteout", path });
    else if (!opaque.has(directory)) {
      opaque.add(directory);
      entries.push({ type: "opaque", path: directory });
    }
  }
  return entries;
}

/** The directories below which something comes from the layers below. */
function directoriesWithOld(after: Snapshot, isWritten: (path: string) => boolean): ReadonlySet<string> {
  const kept = new Set<string>([""]);
  for (const { path } of after.entries()) {
    if (isWritten(path)) continue;
    for (let above = parentOf(path); !kept.has(above); above = parentOf(above)) kept.add(above);
  }
  return kept;
}

function topmostWithoutOld(path: string, kept: ReadonlySet<string>): string | undefined {
  let found: string | undefined;
  for (let above = parentOf(path); !kept.has(above); above = parentOf(above)) found = above;
  return found;
}

/** The directory that a path lies in. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
