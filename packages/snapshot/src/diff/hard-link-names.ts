import type { Snapshot } from "../snapshot.js";

/** For each further name of a file, its first name. */
export type HardLinkNames = ReadonlyMap<string, string>;

/** The hard links of a tree, by path. The names that trees give to link groups mean nothing outside of them. */
export function hardLinkNames(snapshot: Snapshot): HardLinkNames {
  const firstNames = new Map<string, string>();
  const names = new Map<string, string>();
  for (const entry of snapshot.entries()) {
    if (entry.type !== "file" || entry.linkGroup === undefined) continue;
    const first = firstNames.get(entry.linkGroup);
    if (first === undefined) firstNames.set(entry.linkGroup, entry.path);
    else names.set(entry.path, first);
  }
  return names;
}
