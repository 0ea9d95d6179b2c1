import type { Digest } from "@oci-build/oci";
import { formatReference, parseReference } from "@oci-build/registry";

/** What a lock file says of one image. JSON-safe. */
export interface LockedImage {
  /** In full, with a tag: `docker.io/library/debian:12`. */
  readonly reference: string;
  /** Of the index, or of the manifest where there is no index. */
  readonly digest: Digest;
  readonly mediaType: string;
  /** The manifests by platform, `linux/arm64/v8`. They follow from `digest`. */
  readonly platforms: Readonly<Record<string, Digest>>;
}

/** The images of a lock file by their references. */
export type LockedImages = ReadonlyMap<string, LockedImage>;

/** What a lock file calls an image, so that it is one entry in all its spellings; undefined for a name with a digest,
 * which pins itself.
 * @throws OciBuildError REGISTRY_REFERENCE_INVALID */
export function lockedName(name: string): string | undefined {
  const { registry, repository, tag = "latest", digest } = parseReference(name);
  return digest === undefined ? formatReference({ registry, repository, tag }) : undefined;
}
