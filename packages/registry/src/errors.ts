import { type ErrorCodes, type ErrorFactory, errorFactory } from "@oci-build/oci";

/** The part of a reference that breaks the grammar, and how. */
export type ReferenceProblem =
  | "empty"
  | "too-long"
  | "bare-identifier"
  | "registry-malformed"
  | "repository-upper-case"
  | "repository-malformed"
  | "repository-too-long"
  | "tag-malformed"
  | "tag-too-long"
  | "digest-malformed"
  | "digest-unsupported"
  | "digest-not-allowed";

/** The data of each error code of this package. `text` is the reference as given, cut at 200 characters. */
export type RegistryErrorData = {
  REGISTRY_REFERENCE_INVALID: { text: string; problem: ReferenceProblem };
};

/** The exit code of each error code of this package. */
export const registryErrorCodes: ErrorCodes<RegistryErrorData> = {
  REGISTRY_REFERENCE_INVALID: 1,
};

/** Makes an error of this package. */
export const registryError: ErrorFactory<RegistryErrorData> =
  errorFactory<RegistryErrorData>(registryErrorCodes);
