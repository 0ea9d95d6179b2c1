import { join } from "node:path";
import { type ContentDigest, type DiffId, type Digest, digestHex } from "@oci-build/oci";

/** The format of everything below; a new format is a new folder. */
const STORE_VERSION = "v1";

/** Where things lie in a store. */
export interface StorePaths {
  readonly root: string;
  readonly layoutFile: string;
  readonly indexFile: string;
  readonly tagFile: string;
  readonly tombstoneFile: string;
  readonly outputFile: string;
  readonly stampFile: string;
  readonly exportFile: string;
  readonly blobs: string;
  readonly records: string;
  readonly trees: string;
  readonly segments: string;
  readonly indexes: string;
  readonly projects: string;
  readonly mounts: string;
  readonly unpacked: string;
  readonly temporary: string;
  readonly leases: string;
  readonly locks: string;
}

/** The paths of the store in a cache folder. */
export function storePaths(dir: string): StorePaths {
  const root = join(dir, STORE_VERSION);
  return {
    root,
    layoutFile: join(root, "oci-layout"),
    indexFile: join(root, "index.json"),
    tagFile: join(root, "CACHEDIR.TAG"),
    tombstoneFile: join(root, "tombstones"),
    outputFile: join(root, "outputs"),
    stampFile: join(root, "tidied"),
    exportFile: join(root, "exported"),
    blobs: join(root, "blobs", "sha256"),
    records: join(root, "records"),
    trees: join(root, "trees"),
    segments: join(root, "segments"),
    indexes: join(root, "indexes"),
    projects: join(root, "projects"),
    mounts: join(root, "mounts"),
    unpacked: join(root, "unpacked"),
    temporary: join(root, "tmp"),
    leases: join(root, "leases"),
    locks: join(root, "locks"),
  };
}

/** The file of a digest in one of the store's folders. */
export function digestPath(folder: string, digest: Digest | DiffId | ContentDigest): string {
  return join(folder, digestHex(digest));
}
