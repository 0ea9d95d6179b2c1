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
  OCI_LAYOUT_OCCUPIED: { directory: string; strange: readonly string[] };
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
  OCI_LAYOUT_OCCUPIED: 1,
};

/** Makes an error of this package. */
export const ociError: ErrorFactory<OciErrorData> = errorFactory<OciErrorData>(ociErrorCodes);
