import { type ErrorCodes, type ErrorFactory, errorFactory } from "@oci-build/oci";

/** The data of each error code of this package. Paths are relative to the tree's root unless named otherwise. */
export type SnapshotErrorData = {
  PATTERN_INVALID: { pattern: string; line: number | undefined };
  SNAPSHOT_ROOT_INVALID: { root: string };
  SNAPSHOT_DIRECTORY_UNREADABLE: { path: string; systemCode: string | undefined };
  SNAPSHOT_ENTRY_UNREADABLE: { path: string; systemCode: string | undefined };
  SNAPSHOT_FILE_UNREADABLE: { path: string; systemCode: string | undefined };
  SNAPSHOT_FILE_CHANGED: { path: string; changed: readonly string[] };
  SNAPSHOT_SPOOL_FAILED: { directory: string; systemCode: string | undefined };
  SNAPSHOT_NOT_A_FILE: { path: string; found: string };
  SNAPSHOT_LINK_LOOP: { path: string; limit: number };
  SNAPSHOT_LAYER_INVALID: { path: string; problem: string };
  SNAPSHOT_ENTRY_ORDER: { path: string; previous: string };
  SNAPSHOT_TOO_LARGE: { path: string; limit: number };
};

/** The exit code of each error code of this package. */
export const snapshotErrorCodes: ErrorCodes<SnapshotErrorData> = {
  PATTERN_INVALID: 1,
  SNAPSHOT_ROOT_INVALID: 1,
  SNAPSHOT_DIRECTORY_UNREADABLE: 1,
  SNAPSHOT_ENTRY_UNREADABLE: 1,
  SNAPSHOT_FILE_UNREADABLE: 1,
  SNAPSHOT_FILE_CHANGED: 1,
  SNAPSHOT_SPOOL_FAILED: 3,
  SNAPSHOT_NOT_A_FILE: 4,
  SNAPSHOT_LINK_LOOP: 1,
  SNAPSHOT_LAYER_INVALID: 1,
  SNAPSHOT_ENTRY_ORDER: 4,
  SNAPSHOT_TOO_LARGE: 1,
};

/** Makes an error of this package. */
export const snapshotError: ErrorFactory<SnapshotErrorData> =
  errorFactory<SnapshotErrorData>(snapshotErrorCodes);
