import { type ErrorCodes, type ErrorFactory, errorFactory } from "@oci-build/oci";

/** The data of each error code of this package. `steps` are the RUN steps that cannot run, in the order of the file. */
export type ExecutorErrorData = {
  EXECUTOR_UNAVAILABLE: { steps: readonly { readonly line: number; readonly text: string }[] };
};

/** The exit code of each error code of this package. */
export const executorErrorCodes: ErrorCodes<ExecutorErrorData> = {
  EXECUTOR_UNAVAILABLE: 3,
};

/** Makes an error of this package. */
export const executorError: ErrorFactory<ExecutorErrorData> =
  errorFactory<ExecutorErrorData>(executorErrorCodes);
