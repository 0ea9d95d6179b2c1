import { ociError } from "../errors.js";

/** The error for a file or blob that an archive or layout does not have. */
export function missingBlob(what: string): Error {
  return ociError("OCI_BLOB_MISSING", { message: `image has no ${what}`, data: { what } });
}
