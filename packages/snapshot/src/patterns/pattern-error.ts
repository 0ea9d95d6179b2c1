import type { OciBuildError } from "@oci-build/oci";
import { snapshotError } from "../errors.js";

/** The error for a pattern that Go's `path/filepath` or `regexp` refuses. */
export function patternError(
  pattern: string,
  problem: string,
  line?: number,
): OciBuildError<"PATTERN_INVALID"> {
  const place = line === undefined ? "" : ` in line ${line}`;
  return snapshotError("PATTERN_INVALID", {
    message: `malformed pattern ${JSON.stringify(pattern)}${place}: ${problem}`,
    data: { pattern, line },
    hint: "Escape the characters * ? [ ] \\ with a backslash where they stand for themselves.",
  });
}
