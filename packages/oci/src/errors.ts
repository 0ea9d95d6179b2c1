import { type ErrorCodes, type ErrorFactory, errorFactory } from "./error.js";
import type { ShapeProblem } from "./json/shape.js";

/** The data of each error code of this package. */
export type OciErrorData = {
  OCI_DIGEST_INVALID: { text: string };
  OCI_DOCUMENT_INVALID: { what: string; problems: readonly ShapeProblem[]; problemCount: number };
  OCI_DOCUMENT_TOO_LARGE: { what: string; sizeBytes: number; maxBytes: number };
  OCI_IMAGE_INCONSISTENT: { layers: number; diffIds: number; historyWithLayer: number | null };
  OCI_IMAGE_NAME_INVALID: { name: string };
  OCI_BLOB_SIZE_MISMATCH: { digest: string; expected: number; found: number };
  OCI_BLOB_DIGEST_MISMATCH: { expected: string; found: string };
  OCI_CONTENT_LIMIT: { found: string };
  OCI_BLOB_MISSING: { what: string };
  /** `file` where the tar is one of a file. */
  OCI_TAR_INVALID: { offset: number; found: string; file?: string | undefined };
  OCI_ARCHIVE_INVALID: { file: string };
  OCI_ARCHIVE_UNREADABLE: { file: string; code: string };
  OCI_ARCHIVE_COMPRESSED: { file: string; compression: string };
  OCI_LAYER_TRAILING_BYTES: { trailingBytes: number };
  OCI_LAYOUT_OCCUPIED: { directory: string; strange: readonly string[] };
  OCI_LAYOUT_UNWRITABLE: { directory: string; code: string };
  PATH_NOT_ENCODABLE: { path: string };
  TAR_FIELD_INVALID: { path: string; field: string; found: string };
  TAR_PATH_UNSAFE: { path: string };
  TAR_MALFORMED: { problem: string };
  TAR_TYPE_UNSUPPORTED: { path: string; type: string };
  TAR_LIMIT_EXCEEDED: { limit: string; max: number };
  TAR_COMPRESSION_UNSUPPORTED: { found: string };
  TAR_COMPRESSION_CORRUPT: { compression: string };
  LAYER_PATH_UNSAFE: { path: string };
  LAYER_PATH_DUPLICATE: { path: string };
  LAYER_ENTRY_ORDER: { path: string; previous: string };
  LAYER_PARENT_NOT_DIRECTORY: { path: string; parent: string };
  LAYER_RESERVED_NAME: { path: string };
  LAYER_HARDLINK_TARGET: { path: string; target: string };
  LAYER_FILE_SIZE: { path: string; expected: number; found: number };
  LAYER_FILE_DIGEST: { path: string; expected: string; found: string };
  LAYER_SEGMENT_CORRUPT: { offset: number; size: number };
  LAYER_SEGMENT_UNUSABLE: { key: string };
  LAYER_ZSTD_UNAVAILABLE: { node: string };
  LAYER_LEVEL_INVALID: { compression: string; level: number; min: number; max: number };
};

/** The exit code of each error code of this package. */
export const ociErrorCodes: ErrorCodes<OciErrorData> = {
  OCI_DIGEST_INVALID: 1,
  OCI_DOCUMENT_INVALID: 1,
  OCI_DOCUMENT_TOO_LARGE: 1,
  OCI_IMAGE_INCONSISTENT: 4,
  OCI_IMAGE_NAME_INVALID: 1,
  OCI_BLOB_SIZE_MISMATCH: 1,
  OCI_BLOB_DIGEST_MISMATCH: 1,
  OCI_CONTENT_LIMIT: 1,
  OCI_BLOB_MISSING: 1,
  OCI_TAR_INVALID: 1,
  OCI_ARCHIVE_INVALID: 1,
  OCI_ARCHIVE_UNREADABLE: 1,
  OCI_ARCHIVE_COMPRESSED: 1,
  OCI_LAYER_TRAILING_BYTES: 1,
  OCI_LAYOUT_OCCUPIED: 1,
  OCI_LAYOUT_UNWRITABLE: 3,
  PATH_NOT_ENCODABLE: 1,
  TAR_FIELD_INVALID: 1,
  TAR_PATH_UNSAFE: 1,
  TAR_MALFORMED: 1,
  TAR_TYPE_UNSUPPORTED: 1,
  TAR_LIMIT_EXCEEDED: 1,
  TAR_COMPRESSION_UNSUPPORTED: 1,
  TAR_COMPRESSION_CORRUPT: 1,
  LAYER_PATH_UNSAFE: 1,
  LAYER_PATH_DUPLICATE: 4,
  LAYER_ENTRY_ORDER: 4,
  LAYER_PARENT_NOT_DIRECTORY: 4,
  LAYER_RESERVED_NAME: 1,
  LAYER_HARDLINK_TARGET: 4,
  LAYER_FILE_SIZE: 1,
  LAYER_FILE_DIGEST: 1,
  LAYER_SEGMENT_CORRUPT: 3,
  LAYER_SEGMENT_UNUSABLE: 3,
  LAYER_ZSTD_UNAVAILABLE: 3,
  LAYER_LEVEL_INVALID: 1,
};

/** Makes an error of this package. */
export const ociError: ErrorFactory<OciErrorData> = errorFactory<OciErrorData>(ociErrorCodes);
