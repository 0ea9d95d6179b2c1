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
  REGISTRY_MANIFEST_MISSING: { registry: string; repository: string; target: string };
  REGISTRY_MANIFEST_TOO_LARGE: { registry: string; repository: string; target: string; maxBytes: number };
  REGISTRY_MANIFEST_UNSUPPORTED: { registry: string; repository: string; target: string; mediaType: string };
  REGISTRY_PLATFORM_MISSING: {
    registry: string;
    repository: string;
    wanted: string;
    available: readonly string[];
  };
  REGISTRY_BLOB_MISSING: { registry: string; repository: string; digest: string };
  REGISTRY_DIGEST_MISMATCH: { registry: string; repository: string; expected: string; found: string };
  REGISTRY_SIZE_MISMATCH: {
    registry: string;
    repository: string;
    digest: string;
    expected: number;
    found: number;
  };
  REGISTRY_TRANSFER_CUT: { registry: string; repository: string; digest: string; atByte: number };
  REGISTRY_UNSUPPORTED: { registry: string; repository: string; operation: string };
};

/** The exit code of each error code of this package. */
export const registryErrorCodes: ErrorCodes<RegistryErrorData> = {
  REGISTRY_REFERENCE_INVALID: 1,
  REGISTRY_MANIFEST_MISSING: 1,
  REGISTRY_MANIFEST_TOO_LARGE: 1,
  REGISTRY_MANIFEST_UNSUPPORTED: 1,
  REGISTRY_PLATFORM_MISSING: 1,
  REGISTRY_BLOB_MISSING: 1,
  REGISTRY_DIGEST_MISMATCH: 1,
  REGISTRY_SIZE_MISMATCH: 1,
  REGISTRY_TRANSFER_CUT: 3,
  REGISTRY_UNSUPPORTED: 3,
};

/** Makes an error of this package. */
export const registryError: ErrorFactory<RegistryErrorData> =
  errorFactory<RegistryErrorData>(registryErrorCodes);
