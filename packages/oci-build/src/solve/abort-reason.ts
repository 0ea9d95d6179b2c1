import { isOciBuildError } from "@oci-build/oci";
import { buildError } from "../errors.js";

/** The error to end with when work stopped: BUILD_ABORTED if the signal was the cause, else the error itself.
 * @see https://nodejs.org/docs/latest-v20.x/api/globals.html#class-abortsignal */
export function abortReason(
  signal: AbortSignal | undefined,
  error: unknown,
  work: "build" | "command" = "build",
): unknown {
  if (signal?.aborted !== true || isOciBuildError(error, "BUILD_ABORTED")) return error;
  const reason: unknown = signal.reason;
  const told = reason instanceof Error ? reason.message : String(reason);
  return buildError("BUILD_ABORTED", {
    message: `the ${work} was stopped: ${told}`,
    data: { reason: told },
    cause: error,
  });
}
