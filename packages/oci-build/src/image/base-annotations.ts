import { type Annotations, kindOfMediaType } from "@oci-build/oci";
import { formatReference, parseReference } from "@oci-build/registry";
import type { BaseImage } from "../base/base-image.js";

/** The annotations that tell what an image stands on.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys */
export const BASE_NAME = "org.opencontainers.image.base.name";
export const BASE_DIGEST = "org.opencontainers.image.base.digest";

/** What an image's manifest says of its base, so that it can be rebased later. `name` is the base's in full, perhaps with
 * a digest; undefined for a file, whose name would mean nothing elsewhere.
 *
 * The digest is that of the manifest for the platform, not of an index above it: so it is the same wherever the base was
 * found, and stays when only other platforms of the base change. */
export function baseAnnotations(
  { documents }: Pick<BaseImage, "documents">,
  name: string | undefined,
): Annotations {
  const manifest = documents.find(({ descriptor }) => kindOfMediaType(descriptor.mediaType) === "manifest");
  return {
    ...(manifest === undefined ? {} : { [BASE_DIGEST]: manifest.descriptor.digest }),
    ...(name === undefined ? {} : { [BASE_NAME]: withoutDigest(name) }),
  };
}

function withoutDigest(name: string): string {
  return formatReference({ ...parseReference(name), digest: undefined });
}
