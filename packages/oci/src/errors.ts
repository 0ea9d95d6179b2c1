import { type ErrorCodes, type ErrorFactory, errorFactory } from "./error.js";

/** The data of each error code of this package. */
export type OciErrorData = {
  OCI_DIGEST_INVALID: { text: string };
};

/** The exit code of each error code of this package. */
export const ociErrorCodes: ErrorCodes<OciErrorData> = {
  OCI_DIGEST_INVALID: 1,
};

/** Makes an error of this package. */
export const ociError: ErrorFactory<OciErrorData> = errorFactory<OciErrorData>(ociErrorCodes);
