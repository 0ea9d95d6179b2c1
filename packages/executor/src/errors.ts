import { type ErrorCodes, type ErrorFactory, errorFactory } from "@oci-build/oci";

/** The data of each error code of this package. `steps` are the RUN steps that cannot run, in the order of the file. */
export type ExecutorErrorData = {
  EXECUTOR_UNAVAILABLE: { steps: readonly { readonly line: number; readonly text: string }[] };
  UNPACK_MEMBER_REFUSED: { diffId: string; path: string; problem: string };
  UNPACK_LIMIT_EXCEEDED: { diffId: string; limit: string; max: number };
  UNPACK_LAYER_MISMATCH: { expected: string; found: string };
  UNPACK_LAYER_THROUGH_LINK: { path: string };
  UNPACK_FAILED: { diffId: string; status: number | string; said: string };
  CHANGES_UNREADABLE: { status: number | string; said: string };
  RUNTIME_FAILED: { runtime: string; problem: string };
};

/** The exit code of each error code of this package. */
export const executorErrorCodes: ErrorCodes<ExecutorErrorData> = {
  EXECUTOR_UNAVAILABLE: 3,
  UNPACK_MEMBER_REFUSED: 1,
  UNPACK_LIMIT_EXCEEDED: 1,
  UNPACK_LAYER_MISMATCH: 1,
  UNPACK_LAYER_THROUGH_LINK: 1,
  UNPACK_FAILED: 3,
  CHANGES_UNREADABLE: 3,
  RUNTIME_FAILED: 3,
};

/** Makes an error of this package. */
export const executorError: ErrorFactory<ExecutorErrorData> =
  errorFactory<ExecutorErrorData>(executorErrorCodes);
