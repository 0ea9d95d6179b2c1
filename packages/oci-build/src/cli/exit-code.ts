import { isOciBuildError } from "@oci-build/oci";

/** What to exit with after an error; 4 for what is none of ours, which is a bug. */
export function exitCodeOf(error: unknown): number {
  return isOciBuildError(error) ? error.exitCode : 4;
}
