import type { ContentEntry } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import { eachChange } from "../copy/graft-changes.js";
import { contentEntry } from "../solve/digest-changes.js";

/** What a change set writes, with the digests of its files, which are hashed if they were not. Reads the whole set, and
 * makes an object for each entry. */
export async function changedEntries(changes: ChangeSet): Promise<readonly ContentEntry[]> {
  const entries: ContentEntry[] = [];
  for (const change of eachChange(changes)) entries.push(await contentEntry(change));
  return entries;
}
