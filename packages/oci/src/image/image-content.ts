import type { Digest } from "../digest.js";
import type { AssembledImage } from "./assemble-image.js";
import type { BlobSource } from "./blob-source.js";
import type { Descriptor } from "./descriptor.js";
import type { StoredDocument } from "./document.js";
import type { ImageIndex } from "./image-index.js";
import { annotationNames } from "./image-name.js";

/** A manifest or index to be written, and the full names it gets, such as `docker.io/library/app:1.0`.
 * With several names it is listed once for each. Annotations of the descriptor are kept in the list, but for a full
 * name among them. */
export interface ImageRoot {
  readonly descriptor: Descriptor;
  readonly names: readonly string[];
}

/** Images to be written as one archive or layout. `blobs` has every blob that the roots lead to. */
export interface ImageContent {
  readonly roots: readonly ImageRoot[];
  readonly blobs: BlobSource;
}

/** An image fresh from `assembleImage` and the full names it gets. */
export interface NamedImage extends AssembledImage {
  readonly names: readonly string[];
}

/** What writes images that were just assembled: their documents come from memory, their layers from `layers`. */
export function imageContent(images: readonly NamedImage[], layers: BlobSource): ImageContent {
  return {
    roots: images.map(({ manifest, names }) => ({ descriptor: manifest.descriptor, names })),
    blobs: withDocuments(
      images.flatMap(({ config, manifest }) => [config, manifest]),
      layers,
    ),
  };
}

/** The images of an index as roots, each once with all its full names, for writing them again. */
export function imageRoots(index: ImageIndex): readonly ImageRoot[] {
  const roots = new Map<Digest, ImageRoot>();
  for (const descriptor of index.manifests) {
    const name = descriptor.annotations?.[annotationNames.fullName];
    const known = roots.get(descriptor.digest);
    const names = [...(known?.names ?? []), ...(name === undefined ? [] : [name])];
    roots.set(descriptor.digest, { descriptor: known?.descriptor ?? descriptor, names });
  }
  return [...roots.values()];
}

/** The blobs of a source and, before them, some documents. */
export function withDocuments(documents: readonly StoredDocument[], blobs: BlobSource): BlobSource {
  const byDigest = new Map(documents.map(({ descriptor, bytes }) => [descriptor.digest, bytes]));
  return {
    read(digest: Digest): AsyncIterable<Uint8Array> {
      const bytes = byDigest.get(digest);
      return bytes === undefined ? blobs.read(digest) : once(bytes);
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
