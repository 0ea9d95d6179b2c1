import { type CheckOptions, checkDockerfile, parseDockerfile } from "../../src/index.js";
import { formatSpan } from "./compact-json.js";

/** Where a rule fires on a text, as `line:column-line:column`; the rule is turned on if it is off. */
export function placesOf(rule: string, text: string, options: CheckOptions = {}): readonly string[] {
  const { diagnostics } = checkDockerfile(parseDockerfile(text), {
    check: `experimental=${rule}`,
    ...options,
  });
  return diagnostics.filter((diagnostic) => diagnostic.rule === rule).map(({ span }) => formatSpan(span));
}
