import {
  type BlobSource,
  type Descriptor,
  type Digest,
  isOciBuildError,
  MANIFEST_MAX_BYTES,
  mediaTypes,
  readBlob,
} from "@oci-build/oci";

/** Blobs with their sizes: the cache's, a layout's. */
export interface SizedBlobs extends BlobSource {
  size(digest: Digest): Promise<number | undefined>;
}

/** The descriptor of a manifest or index of which only the digest is known, or undefined where the blobs lack it. */
export async function describeDocument(blobs: SizedBlobs, digest: Digest): Promise<Descriptor | undefined> {
  const size = await blobs.size(digest);
  if (size === undefined) return undefined;
  const descriptor = { mediaType: mediaTypes.imageManifest, digest, size };
  return { ...descriptor, mediaType: mediaTypeOf(await readBlob(blobs, descriptor, MANIFEST_MAX_BYTES)) };
}

/** What a document says that it is; older OCI documents do not, and then their members tell. */
function mediaTypeOf(bytes: Buffer): string {
  try {
    const json: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof json !== "object" || json === null) return OTHER;
    if ("mediaType" in json && typeof json.mediaType === "string") return json.mediaType;
    if ("manifests" in json) return mediaTypes.imageIndex;
    return "layers" in json ? mediaTypes.imageManifest : OTHER;
  } catch (error) {
    if (error instanceof SyntaxError) return OTHER;
    throw error;
  }
}

const OTHER = "application/octet-stream";

const ABSENT_OR_DAMAGED = [
  "CACHE_BLOB_MISSING",
  "CACHE_BLOB_CORRUPT",
  "OCI_BLOB_DIGEST_MISMATCH",
  "OCI_BLOB_SIZE_MISMATCH",
] as const;

/** Whether an error says that the store does not have a blob as it should be. */
export function isUnavailable(error: unknown): boolean {
  return ABSENT_OR_DAMAGED.some((code) => isOciBuildError(error, code));
}
