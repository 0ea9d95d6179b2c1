import type { BlobStore } from "@oci-build/cache";
import {
  type Descriptor,
  type Digest,
  decodeIndex,
  decodeManifest,
  kindOfMediaType,
  MANIFEST_MAX_BYTES,
  readBlob,
} from "@oci-build/oci";
import { isUnavailable } from "../base/document-in-store.js";

/** An index of indexes of manifests; nobody makes more. */
const DEPTH_MAX = 4;

/** The digests of the configs that an image of the store leads to: its IDs, as Docker calls them. What the store has
 * lost leads nowhere. */
export async function imageConfigs(
  descriptor: Descriptor,
  blobs: BlobStore,
  depth: number = 0,
): Promise<readonly Digest[]> {
  const kind = kindOfMediaType(descriptor.mediaType);
  if (depth > DEPTH_MAX || (kind !== "index" && kind !== "manifest")) return [];
  try {
    const bytes = await readBlob(blobs, descriptor, MANIFEST_MAX_BYTES);
    if (kind === "manifest") return [decodeManifest(bytes).config.digest];
    const found: Digest[] = [];
    for (const member of decodeIndex(bytes).manifests) {
      found.push(...(await imageConfigs(member, blobs, depth + 1)));
    }
    return found;
  } catch (error) {
    if (isUnavailable(error)) return [];
    throw error;
  }
}
