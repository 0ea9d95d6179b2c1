import { isOciBuildError } from "@oci-build/oci";

/** What events tell of an error. */
export interface ErrorSummary {
  readonly code: string;
  readonly message: string;
}

/** An error in short; INTERNAL for what is none of ours. */
export function errorSummary(error: unknown): ErrorSummary {
  if (isOciBuildError(error)) return { code: error.code, message: error.message };
  return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
}
