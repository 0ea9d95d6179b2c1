import { quoted } from "../../diagnostics/quoted.js";
import type { AddInstruction, CopyInstruction, Word } from "../../instructions/instruction.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";
import type { PlacedInstruction } from "../facts/placed-instruction.js";

/** COPY and ADD name no file that the ignore file keeps out of the context. A file with exceptions (`!`) is not
 * judged, as in BuildKit: a directory may be left out and a file in it not. */
export const copyIgnoredFile: CheckRule = defineRule({
  name: "CopyIgnoredFile",
  check: (facts, report) => {
    const { isIgnored, ignoreFile } = facts.options;
    if (isIgnored === undefined || (ignoreFile !== undefined && /^[\t ]*!/m.test(ignoreFile.text))) return;
    for (const placed of [...facts.ofKind("copy"), ...facts.ofKind("add")]) {
      for (const [source, path] of contextPaths(facts, placed)) {
        const found = isIgnored(path);
        if (found === undefined) continue;
        const place = `line ${String(found.line)} of ${ignoreFile?.name ?? "the ignore file"}`;
        report({
          placed,
          span: source.span,
          message: `${placed.instruction.kind.toUpperCase()} of ${quoted(path)}, which is not in the build context`,
          notes: [{ message: `${quoted(found.pattern)} in ${place} excludes it` }],
        });
      }
    }
  },
});

/** The sources that are in the build context, with their paths. */
function contextPaths(
  facts: CheckFacts,
  placed: PlacedInstruction<CopyInstruction | AddInstruction>,
): readonly (readonly [Word, string])[] {
  const { instruction } = placed;
  if (instruction.kind === "copy" && instruction.from !== undefined) return [];
  return instruction.sources.flatMap((source) => {
    const { value } = facts.valueOf(source, placed);
    const path = cleanPath(value);
    return path === "" || isRemote(value) ? [] : [[source, path] as const];
  });
}

/** An address of ADD: HTTP, SSH or git. */
function isRemote(source: string): boolean {
  return /^(?:[a-z][a-z+]*:\/\/|git@[^/]+:|github\.com\/)/.test(source);
}

/** The path relative to the context without `.` and `..`; empty for the context itself. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
