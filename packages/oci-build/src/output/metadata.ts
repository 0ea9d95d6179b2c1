import type { Descriptor, Digest } from "@oci-build/oci";

/** What `--metadata-file` holds, by buildx's keys.
 * @see https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file */
export interface BuildMetadata {
  readonly "containerimage.config.digest": Digest;
  readonly "containerimage.descriptor": Descriptor;
  readonly "containerimage.digest": Digest;
  readonly "image.name"?: string | undefined;
}

/** The metadata of a built image; `names` are its full names. */
export function buildMetadata(
  descriptor: Descriptor,
  configDigest: Digest,
  names: readonly string[],
): BuildMetadata {
  return {
    "containerimage.config.digest": configDigest,
    "containerimage.descriptor": descriptor,
    "containerimage.digest": descriptor.digest,
    "image.name": names.length === 0 ? undefined : names.join(","),
  };
}
