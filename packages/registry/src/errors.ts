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

/** One mistake as a registry names it: escaped and cut, so that it can be told. */
export type RegistryComplaint = { readonly code: string; readonly message: string };

/** What is wrong with an answer. */
export type ResponseProblem =
  | "not-http"
  | "headers-too-large"
  | "body-too-large"
  | "location-invalid"
  | "redirect-invalid"
  | "redirect-insecure"
  | "redirect-loop"
  | "redirects-too-many"
  | "challenge-invalid"
  | "realm-insecure"
  | "token-invalid";

/** What is wrong with what an answer says: with a list of tags or referrers, or with how far an upload has got. */
export type ContentProblem = "link-invalid" | "tags-invalid" | "pages-too-many" | "range-invalid";

/** Which request: `url` has neither user nor query. */
type RequestPlace = { registry: string; method: string; url: string };

/** An answer that is a failure. */
type RefusedRequest = RequestPlace & { status: number; errors: readonly RegistryComplaint[] };

/** The data of each error code of this package. `text` is the reference as given, cut at 200 characters. */
export type RegistryErrorData = {
  REGISTRY_REFERENCE_INVALID: { text: string; problem: ReferenceProblem };
  REGISTRY_MANIFEST_MISSING: { registry: string; repository: string; target: string };
  REGISTRY_MANIFEST_TOO_LARGE: { registry: string; repository: string; target: string; maxBytes: number };
  REGISTRY_MANIFEST_UNSUPPORTED: { registry: string; repository: string; target: string; mediaType: string };
  REGISTRY_INDEX_TOO_DEEP: { digest: string; maxDepth: number };
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
    mirror?: string | undefined;
  };
  REGISTRY_TRANSFER_CUT: { registry: string; repository: string; digest: string; atByte: number };
  REGISTRY_UNSUPPORTED: { registry: string; repository: string; operation: string };
  /** `proxy` is the host of the one that stands between. */
  REGISTRY_UNREACHABLE: RequestPlace & {
    phase: "connect" | "headers" | "body";
    reason: string;
    proxy?: string | undefined;
  };
  REGISTRY_UNAUTHORIZED: RefusedRequest;
  REGISTRY_FORBIDDEN: RefusedRequest;
  REGISTRY_RATE_LIMITED: RefusedRequest & { retryAfterSec: number | undefined };
  REGISTRY_REQUEST_FAILED: RefusedRequest;
  REGISTRY_RESPONSE_INVALID: RequestPlace & { problem: ResponseProblem | ContentProblem };
  REGISTRY_CREDENTIALS_INVALID: { file: string; problem: string };
  REGISTRY_CREDENTIALS_UNWRITABLE: { file: string; code: string };
  REGISTRY_HELPER_FAILED: { helper: string; action: string; reason: string };
  REGISTRY_SETTINGS_INVALID: { what: string; problem: string };
};

/** The exit code of each error code of this package. */
export const registryErrorCodes: ErrorCodes<RegistryErrorData> = {
  REGISTRY_REFERENCE_INVALID: 1,
  REGISTRY_MANIFEST_MISSING: 1,
  REGISTRY_MANIFEST_TOO_LARGE: 1,
  REGISTRY_MANIFEST_UNSUPPORTED: 1,
  REGISTRY_INDEX_TOO_DEEP: 1,
  REGISTRY_PLATFORM_MISSING: 1,
  REGISTRY_BLOB_MISSING: 1,
  REGISTRY_DIGEST_MISMATCH: 1,
  REGISTRY_SIZE_MISMATCH: 1,
  REGISTRY_TRANSFER_CUT: 3,
  REGISTRY_UNSUPPORTED: 3,
  REGISTRY_UNREACHABLE: 3,
  REGISTRY_UNAUTHORIZED: 1,
  REGISTRY_FORBIDDEN: 1,
  REGISTRY_RATE_LIMITED: 3,
  REGISTRY_REQUEST_FAILED: 3,
  REGISTRY_RESPONSE_INVALID: 3,
  REGISTRY_CREDENTIALS_INVALID: 3,
  REGISTRY_CREDENTIALS_UNWRITABLE: 3,
  REGISTRY_HELPER_FAILED: 3,
  REGISTRY_SETTINGS_INVALID: 3,
};

/** Makes an error of this package. */
export const registryError: ErrorFactory<RegistryErrorData> =
  errorFactory<RegistryErrorData>(registryErrorCodes);
