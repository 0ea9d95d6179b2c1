import type { Platform, StoredDocument } from "@oci-build/oci";
import type { RepositoryName } from "@oci-build/registry";
import { type DocumentReader, findManifest } from "../base/find-manifest.js";
import type { ImageBlobs } from "../base/image-blobs.js";
import type { FoundImage } from "../base/image-origin.js";

/** An image wherever it is. Whoever opens it disposes of it. */
export interface OpenedImage extends AsyncDisposable {
  /** Where it was found: `docker.io/library/debian:12`, `oci-archive:app.tar:1.0`. */
  readonly reference: string;
  readonly origin: "store" | "registry" | "file";
  /** The index or manifest, with its bytes as they are stored there. */
  readonly root: StoredDocument;
  /** The full names that it has there, or was asked for by. */
  readonly names: readonly string[];
  /** Gives configs and layers, verified. */
  readonly blobs: ImageBlobs;
  /** Gives manifests, indexes and configs, verified. */
  readonly readDocument: DocumentReader;
  /** The repository that it is in. */
  readonly repository: RepositoryName | undefined;
  /** The documents for one platform; of a root that is a manifest those of that, whatever its platform is.
   * @throws OciBuildError BASE_PLATFORM_MISSING, BASE_IMAGE_INVALID and those of the origin */
  forPlatform(platform: Platform): Promise<FoundImage>;
}

/** What opening an image found. */
export interface OpenedParts
  extends Omit<OpenedImage, "forPlatform" | "readDocument" | typeof Symbol.asyncDispose> {
  readonly read: DocumentReader;
  readonly close?: (() => Promise<void>) | undefined;
}

/** An image of its parts; each document is read once. */
export function openedImage({ read, close, ...parts }: OpenedParts): OpenedImage {
  const { reference, root, blobs, origin, repository } = parts;
  const documents = new Map<string, Promise<Buffer>>([[root.descriptor.digest, Promise.resolve(root.bytes)]]);
  const readDocument: DocumentReader = (descriptor, maxBytes) => {
    const known = documents.get(descriptor.digest) ?? read(descriptor, maxBytes);
    documents.set(descriptor.digest, known);
    return known;
  };
  return {
    ...parts,
    readDocument,
    async forPlatform(platform) {
      const found = await findManifest(root.descriptor, { reference, platform, read: readDocument });
      const distance = origin === "registry" ? "far" : "near";
      return { reference, ...found, blobs, distance, mountFrom: repository };
    },
    [Symbol.asyncDispose]: close ?? (() => Promise.resolve()),
  };
}
