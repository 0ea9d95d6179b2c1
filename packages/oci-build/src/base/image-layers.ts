import type { BlobSource, Digest } from "@oci-build/oci";
import type { RepositoryName } from "@oci-build/registry";
import type { BaseBlobs } from "./base-blobs.js";
import type { BaseImage } from "./base-image.js";

/** Where the layers of a built image are: its own in the store, those of its base wherever the base is. */
export interface ImageLayers {
  /** For what is written to disk. The first layer of the base that is read and is not in the store has all of them
   * fetched, several at a time, and kept there. */
  readonly kept: BlobSource;
  /** For a push, which reads only what the registry lacks and cannot mount: a layer of the base comes from the store,
   * else from where the base is, and is kept nowhere. */
  readonly passed: BlobSource;
  /** The repository that has a layer, where that is known. */
  readonly mountFrom: (layer: Digest) => RepositoryName | undefined;
}

/** The layers of an image, of which `own` has those that were built; `base` is the image that it stands on. */
export function imageLayers(
  own: BlobSource,
  base: BaseImage | undefined,
  blobs: Pick<BaseBlobs, "kept" | "passed">,
): ImageLayers {
  if (base === undefined) return { kept: own, passed: own, mountFrom: () => undefined };
  const isBelow = new Set(base.layers.map(({ descriptor }) => descriptor.digest));
  const joined = (below: BlobSource): BlobSource => ({
    read: (digest) => (isBelow.has(digest) ? below : own).read(digest),
  });
  return {
    kept: joined(blobs.kept(base)),
    passed: joined(blobs.passed(base)),
    mountFrom: (layer) => (isBelow.has(layer) ? base.mountFrom : undefined),
  };
}
