import type { ContentEntry } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import { eachChange } from "../copy/graft-changes.js";
import { contentEntry } from "../solve/digest-changes.js";

/** What a change set writes, with the digests of its files, which are hashed if they were not. Reads the whole set, and
 * makes an object for each entry. Directories that the builder makes get the given time, 0 by default. */
export async function changedEntries(
  changes: ChangeSet,
  createdSec: number = 0,
): Promise<readonly ContentEntry[]> {
  const entries: ContentEntry[] = [];
  for (const change of eachChange(changes)) {
    const entry = await contentEntry(change);
    entries.push(
      change.mtime === "record" && "mtimeSec" in entry ? { ...entry, mtimeSec: createdSec } : entry,
    );
  }
  return entries;
}
