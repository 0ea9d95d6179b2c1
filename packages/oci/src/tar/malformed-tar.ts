import type { OciBuildError } from "../error.js";
import { ociError } from "../errors.js";

/** The error for bytes that are no tar. */
export function malformedTar(problem: string, cause?: unknown): OciBuildError<"TAR_MALFORMED"> {
  return ociError("TAR_MALFORMED", { message: `damaged tar: ${problem}`, data: { problem }, cause });
}
