import { spanOfMapped } from "../tree/mapped-text.js";
import { type ReadContext, reportAt, upperName } from "./read-context.js";

/** ARG and STOPSIGNAL take no flags, and BuildKit drops what looks like one without a word.
 * Differs: we warn. */
export function warnIgnoredFlags(context: ReadContext): void {
  for (const flag of context.flags) {
    reportAt(context, {
      rule: "DOCKERFILE_FLAG_IGNORED",
      severity: "warning",
      message: `${upperName(context)} takes no flags; ${JSON.stringify(flag.text)} is ignored`,
      span: spanOfMapped(flag),
    });
  }
}
