import type { Digest } from "../digest.js";
import type { ByteRange, LayoutFiles } from "../layout/layout-files.js";
import type { BlobSource } from "./blob-source.js";
import type { ImageIndex } from "./image-index.js";

/** How images are stored: `docker-archive` is what `docker save` wrote before it wrote an OCI layout. */
export type ImageSourceKind = "oci-archive" | "oci-layout" | "docker-archive";

/** Images in a file or folder. The one who opens it closes it.
 * As a `BlobSource` it can be written again, in another form, by `writeImageArchive` and `writeImageLayout`. */
export interface ImageSource extends BlobSource, AsyncDisposable {
  readonly kind: ImageSourceKind;
  /** All images, as `index.json` lists them. For a `docker-archive` the index and the manifests are made from
   * `manifest.json`, for which every layer is read once.
   * @throws OciBuildError OCI_DOCUMENT_INVALID, OCI_DOCUMENT_TOO_LARGE, OCI_BLOB_MISSING, OCI_ARCHIVE_INVALID */
  index(): Promise<ImageIndex>;
  /** Bytes as stored, or undefined when it does not have the blob. */
  size(digest: Digest): Promise<number | undefined>;
  /** A blob or a part of one. A whole read is verified: it fails at its end when the bytes do not have the digest.
   * @throws OciBuildError OCI_BLOB_MISSING, OCI_BLOB_DIGEST_MISMATCH */
  read(digest: Digest, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** What lies there, unverified, by path. */
  readonly files: LayoutFiles;
  close(): Promise<void>;
}
