import { type ErrorCodes, type ErrorFactory, errorFactory } from "@oci-build/oci";

/** The data of each error code of this package. */
export type CacheErrorData = {
  CACHE_NO_FOLDER: { platform: string };
  CACHE_MISSING: { path: string };
  CACHE_NOT_WRITABLE: { path: string; problem: string };
  CACHE_FOLDER_FOREIGN: { path: string; uid: number };
  CACHE_DISK_FULL: { path: string; problem: string };
  CACHE_IO_FAILED: { path: string; problem: string };
  CACHE_DIGEST_MISMATCH: { expected: string; found: string };
  CACHE_BLOB_MISSING: { digest: string };
  CACHE_BLOB_CORRUPT: { digest: string; problem: string };
  CACHE_ENTRY_CORRUPT: { path: string; problem: string };
  CACHE_ENTRY_TOO_LARGE: { path: string; bytes: number; limitBytes: number };
  CACHE_EXPORT_FOREIGN: { path: string };
  CACHE_IMPORT_UNUSABLE: { path: string; problem: string };
  CACHE_KEY_INVALID: { field: string; problem: string };
  CACHE_LOCK_WAIT: { lock: string; owner: string };
};

/** The exit code of each error code of this package. */
export const cacheErrorCodes: ErrorCodes<CacheErrorData> = {
  CACHE_NO_FOLDER: 3,
  CACHE_MISSING: 3,
  CACHE_NOT_WRITABLE: 3,
  CACHE_FOLDER_FOREIGN: 3,
  CACHE_DISK_FULL: 3,
  CACHE_IO_FAILED: 3,
  CACHE_DIGEST_MISMATCH: 4,
  CACHE_BLOB_MISSING: 3,
  CACHE_BLOB_CORRUPT: 3,
  CACHE_ENTRY_CORRUPT: 3,
  CACHE_ENTRY_TOO_LARGE: 3,
  CACHE_EXPORT_FOREIGN: 2,
  CACHE_IMPORT_UNUSABLE: 3,
  CACHE_KEY_INVALID: 4,
  CACHE_LOCK_WAIT: 3,
};

/** Makes an error of this package. */
export const cacheError: ErrorFactory<CacheErrorData> = errorFactory<CacheErrorData>(cacheErrorCodes);
