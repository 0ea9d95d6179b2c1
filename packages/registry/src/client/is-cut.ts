import { isOciBuildError } from "@oci-build/oci";
import { isAborted, type RepositoryContext } from "./repository-context.js";

/** Whether a failure while a body was read or sent is the connection's, so that going on is worth a try: anything but
 * an abort and an error that says more. */
export function isCut(error: unknown, context: RepositoryContext, signal: AbortSignal | undefined): boolean {
  if (isAborted(context, signal)) return false;
  return !isOciBuildError(error) || isOciBuildError(error, "REGISTRY_UNREACHABLE");
}
