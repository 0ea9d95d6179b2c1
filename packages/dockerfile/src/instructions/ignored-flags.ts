import { quoted } from "../diagnostics/quoted.js";
import { spanOfMapped } from "../tree/mapped-text.js";
import { type ReadContext, reportAt, upperName } from "./read-context.js";

/** ARG, STOPSIGNAL and HEALTHCHECK NONE take no flags, and BuildKit drops what looks like one.
 * Differs: BuildKit drops such flags without a word; we warn. */
export function warnIgnoredFlags(context: ReadContext, what: string = upperName(context)): void {
  for (const flag of context.flags) {
    reportAt(context, {
      rule: "DOCKERFILE_FLAG_IGNORED",
      severity: "warning",
      message: `${what} takes no flags; ${quoted(flag.text)} is ignored`,
      span: spanOfMapped(flag),
    });
  }
}
