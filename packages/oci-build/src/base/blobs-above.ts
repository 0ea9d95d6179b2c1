import type { BlobSource } from "@oci-build/oci";
import type { BaseImage } from "./base-image.js";
import type { BaseLayers } from "./base-layers.js";

/** The blobs of an image that stands on another: its own, and those of its base, which are fetched when one of them is
 * read. */
export function blobsAbove(own: BlobSource, base: BaseImage, layers: Pick<BaseLayers, "blobs">): BlobSource {
  const below = layers.blobs(base);
  const isBelow = new Set(base.layers.map(({ descriptor }) => descriptor.digest));
  return { read: (digest) => (isBelow.has(digest) ? below : own).read(digest) };
}
