import { type ErrorCodes, type ErrorFactory, errorFactory } from "@oci-build/oci";
import type { RunStep } from "./executor-options.js";
import type { ExecutorObstacle } from "./space/obstacle.js";

/** The data of each error code of this package. `steps` are the RUN steps that cannot run, in the order of the file. */
export type ExecutorErrorData = {
  EXECUTOR_UNAVAILABLE: { obstacle: ExecutorObstacle; steps: readonly RunStep[] };
  EXECUTOR_FOLDERS_REMAIN: { folders: readonly string[]; said: string };
  EXECUTOR_FOLDER_FAILED: { folder: string; said: string };
  UNPACK_MEMBER_REFUSED: { diffId: string; path: string; problem: string };
  UNPACK_LIMIT_EXCEEDED: { diffId: string; limit: string; max: number };
  UNPACK_LAYER_MISMATCH: { expected: string; found: string };
  UNPACK_LAYER_THROUGH_LINK: { path: string };
  UNPACK_FAILED: { diffId: string; status: number | string; said: string };
  ROOT_COPY_FAILED: { folder: string; status: number | string; said: string };
  CHANGES_UNREADABLE: { status: number | string; said: string };
  CHANGES_TOO_MANY: { max: number };
  RUNTIME_FAILED: { runtime: string; problem: string };
  EXECUTOR_START_FAILED: { problem: string };
  EXECUTOR_MOUNT_INVALID: { target: string; problem: string };
  EXECUTOR_USER_UNKNOWN: { user: string; problem: string };
  EXECUTOR_PROGRAM_MISSING: { program: string; path: string | null; notExecutable?: string };
  EXECUTOR_ENV_UNSETTABLE: { names: readonly string[] };
};

/** The exit code of each error code of this package. */
export const executorErrorCodes: ErrorCodes<ExecutorErrorData> = {
  EXECUTOR_UNAVAILABLE: 3,
  EXECUTOR_FOLDERS_REMAIN: 3,
  EXECUTOR_FOLDER_FAILED: 3,
  UNPACK_MEMBER_REFUSED: 1,
  UNPACK_LIMIT_EXCEEDED: 1,
  UNPACK_LAYER_MISMATCH: 1,
  UNPACK_LAYER_THROUGH_LINK: 1,
  UNPACK_FAILED: 3,
  ROOT_COPY_FAILED: 3,
  CHANGES_UNREADABLE: 3,
  CHANGES_TOO_MANY: 1,
  RUNTIME_FAILED: 3,
  EXECUTOR_START_FAILED: 3,
  EXECUTOR_MOUNT_INVALID: 1,
  EXECUTOR_USER_UNKNOWN: 1,
  EXECUTOR_PROGRAM_MISSING: 1,
  EXECUTOR_ENV_UNSETTABLE: 1,
};

/** Makes an error of this package. */
export const executorError: ErrorFactory<ExecutorErrorData> =
  errorFactory<ExecutorErrorData>(executorErrorCodes);
