import type { CheckOptions } from "@oci-build/dockerfile";
import type { IgnoreRules } from "./read-ignore-file.js";

/** What checks of a Dockerfile may know of its ignore file. As BuildKit, nothing is said of single paths where a `!`
 * pattern may take one back. */
export function ignoreFacts(rules: IgnoreRules | undefined): Pick<CheckOptions, "ignoreFile" | "isIgnored"> {
  if (rules === undefined) return {};
  const { label, text, matcher, exceptions } = rules;
  const ignoreFile = { name: label, text };
  if (exceptions === "some") return { ignoreFile };
  return {
    ignoreFile,
    isIgnored: (path) => {
      const verdict = matcher.matchesOrParentMatches(path) ? matcher.explain(path) : undefined;
      return verdict?.line === undefined ? undefined : { pattern: verdict.pattern, line: verdict.line };
    },
  };
}
