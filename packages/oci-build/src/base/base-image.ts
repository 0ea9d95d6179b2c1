import type { Descriptor, DiffId, Digest, ImageConfig, Platform, StoredDocument } from "@oci-build/oci";
import type { RepositoryName } from "@oci-build/registry";
import type { ImageBlobs } from "./image-blobs.js";

/** One layer of a base image. `descriptor` is as an OCI manifest has it, its bytes are as the base's author wrote them.
 * `diffId` is a claim until the layer was read. */
export interface BaseLayer {
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
}

/** An image that stages stand on or copy from. Its documents are verified; of its layers nothing was read. */
export interface BaseImage {
  /** In full, as it was found, without a digest: `docker.io/library/debian:12`, `oci-layout://base:latest`. */
  readonly reference: string;
  /** Of the index or manifest that the reference stood for. */
  readonly digest: Digest;
  /** Index, manifest and config: what can be found again by digest. */
  readonly documents: readonly StoredDocument[];
  readonly config: ImageConfig;
  /** What its config says that it runs on. */
  readonly platform: Platform;
  /** Lowest first. */
  readonly layers: readonly BaseLayer[];
  /** Where its layers are. */
  readonly blobs: ImageBlobs;
  /** `far`: what was fetched is worth keeping. */
  readonly distance: "near" | "far";
  /** The repository that has its layers, for a push to the same registry. */
  readonly mountFrom?: RepositoryName | undefined;
}

/** The image's name with its digest, as progress shows it. */
export function pinnedName({ reference, digest }: Pick<BaseImage, "reference" | "digest">): string {
  return reference.includes("@") ? reference : `${reference}@${digest}`;
}
