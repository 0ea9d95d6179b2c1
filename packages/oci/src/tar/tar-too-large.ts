import type { OciBuildError } from "../error.js";
import { ociError } from "../errors.js";

/** The error for more of something than a tar may have. */
export function tarTooLarge(limit: string, max: number): OciBuildError<"TAR_LIMIT_EXCEEDED"> {
  const message = `the tar has more than ${max} ${limit}`;
  return ociError("TAR_LIMIT_EXCEEDED", { message, data: { limit, max } });
}
