import type { Digest } from "@oci-build/oci";

/** The name of an image in full: nothing in it is left to a default but a missing tag.
 *
 * `registry` is the host with its port as written (`docker.io`, `localhost:5000`, `[::1]:5000`); for Docker Hub it is
 * the name `docker.io`, not the host that serves it. `repository` is the path without the registry
 * (`library/debian`). With both a tag and a digest the digest decides and the tag is a note.
 * @see https://github.com/distribution/reference/blob/v0.6.0/reference.go */
export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: Digest | undefined;
}

/** A reference that names a place to write to: it has a tag and no digest. */
export interface TaggedReference extends Reference {
  readonly tag: string;
  readonly digest?: undefined;
}
