import type {
  DeviceEntry,
  Digest,
  DirectoryEntry,
  FifoEntry,
  FileEntry,
  LayerHardLink,
  OpaqueDirectory,
  SymlinkEntry,
  Whiteout,
} from "@oci-build/oci";
import type { Snapshot } from "../snapshot.js";

/** A file with the digest of its bytes. */
export interface DigestedFile extends FileEntry {
  readonly digest: Digest;
}

/** One member of a tree or change set, with all that makes up its content. The entries of a `LayerTree` are of this
 * type, and so is what `digestedEntries` gives. */
export type ContentEntry =
  | DirectoryEntry
  | DigestedFile
  | LayerHardLink
  | SymlinkEntry
  | FifoEntry
  | DeviceEntry
  | Whiteout
  | OpaqueDirectory;

/** The entries of a tree with the digests of their files, hard links marked by `linkGroup`, in the tree's order.
 * @throws OciBuildError as `fileDigest` */
export async function digestedEntries(snapshot: Snapshot): Promise<readonly ContentEntry[]> {
  const entries: ContentEntry[] = [];
  for (const entry of snapshot.entries()) {
    if (entry.type !== "file") {
      entries.push(entry);
      continue;
    }
    const digest = snapshot.fileDigest(entry.path);
    entries.push(digestedFile(entry, digest instanceof Promise ? await digest : digest));
  }
  return entries;
}

/** Written out, since spreading 70,000 entries takes longer than hashing them. */
function digestedFile(entry: FileEntry, digest: Digest): DigestedFile {
  const { type, path, mode, uid, gid, mtimeSec, xattrs, size, linkGroup } = entry;
  return { type, path, mode, uid, gid, mtimeSec, xattrs, size, linkGroup, digest };
}
