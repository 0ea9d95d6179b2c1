import type { ContentDigest } from "@oci-build/oci";
import {
  ContentDigester,
  type ContentEntry,
  type HashFilesOptions,
  hashFiles,
  hashSubtree,
  type Snapshot,
} from "@oci-build/snapshot";
import type { ChangeSet, LayerChange } from "../copy/change.js";
import { isGraft, originOf } from "../copy/graft-changes.js";

/** Hashes the files of a change set and digests the whole of it, times left out. */
export async function digestChanges(changes: ChangeSet, options: HashFilesOptions): Promise<ContentDigest> {
  await hashOrigins(changes, options);
  const digester = new ContentDigester();
  for (const part of changes.parts) {
    if (isGraft(part)) digester.addSubtree(part.subtree, part.placement);
    else digester.add(await contentEntry(part));
  }
  return digester.finish();
}

/** Hashes in bulk, a source tree at a time. */
async function hashOrigins({ parts }: ChangeSet, options: HashFilesOptions): Promise<void> {
  const bySnapshot = new Map<Snapshot, string[]>();
  for (const part of parts) {
    if (isGraft(part)) await hashSubtree(part.subtree, options);
    const origin = isGraft(part) ? undefined : originOf(part);
    if (origin === undefined) continue;
    const paths = bySnapshot.get(origin.snapshot);
    if (paths === undefined) bySnapshot.set(origin.snapshot, [origin.path]);
    else paths.push(origin.path);
  }
  for (const [snapshot, paths] of bySnapshot) await hashFiles(snapshot, paths, options);
}

/** A change with the digest of its file. */
export async function contentEntry(change: LayerChange): Promise<ContentEntry> {
  const { entry } = change;
  if (entry.type !== "file") return entry;
  const { snapshot, path } = originOf(change) ?? unknownOrigin(entry.path);
  return { ...entry, digest: await snapshot.fileDigest(path) };
}

/** Ends the work on a file that nothing tells the bytes of. */
export function unknownOrigin(path: string): never {
  throw new TypeError(`nothing tells where the bytes of ${path} are`);
}
