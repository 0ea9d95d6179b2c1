import type { Span } from "../../tree/span.js";
import type { IgnoreFile } from "../check-options.js";
import { type CheckRule, defineRule } from "../check-rule.js";

/** `node_modules` in an ignore file excludes the one at the top of the context only, unlike in .gitignore. Who writes
 * `/node_modules` knows. The finding is about the ignore file. */
export const nodeModulesIgnoreDepth: CheckRule = defineRule({
  name: "NodeModulesIgnoreDepth",
  origin: "oci-build",
  check: ({ options: { ignoreFile } }, report) => {
    if (ignoreFile === undefined || isCovered(ignoreFile)) return;
    for (const { span, text } of patternsOf(ignoreFile)) {
      if (!/^node_modules\/?$/.test(text)) continue;
      report({
        file: ignoreFile.name,
        span,
        message: "node_modules matches only at the top of the build context, not in folders below it",
        hint: "Write **/node_modules",
        fixes: [{ span, text: `**/${text}` }],
      });
    }
  },
});

function isCovered(file: IgnoreFile): boolean {
  return patternsOf(file).some(({ text }) => /^\/?\*\*\/node_modules\/?(?:\*\*)?$/.test(text));
}

interface Pattern {
  readonly text: string;
  readonly span: Span;
}

/** The lines that are patterns, without blanks around them. A `#` is a comment in the first column only. */
function patternsOf({ text }: IgnoreFile): readonly Pattern[] {
  const patterns: Pattern[] = [];
  let offset = 0;
  for (const [index, row] of text.split("\n").entries()) {
    const pattern = row.trim();
    if (pattern !== "" && !row.startsWith("#")) {
      const column = row.indexOf(pattern);
      const start = { offset: offset + column, line: index + 1, column: column + 1 };
      const end = { ...start, offset: start.offset + pattern.length, column: start.column + pattern.length };
      patterns.push({ text: pattern, span: { start, end } });
    }
    offset += row.length + 1;
  }
  return patterns;
}
