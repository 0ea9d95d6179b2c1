import { quoted } from "../../diagnostics/quoted.js";
import { normalizePlatform } from "../../values/normalize-platform.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";
import type { StageBase } from "../facts/stage-bases.js";

/** The first WORKDIR of a stage is absolute, unless one in a base stage came before. */
export const workdirRelativePath: CheckRule = defineRule({
  name: "WorkdirRelativePath",
  check: (facts, report) => {
    const isSet: boolean[] = [];
    for (const base of facts.bases) {
      let hasWorkdir = base.parent === undefined ? false : (isSet[base.parent] ?? false);
      for (const placed of base.runs) {
        const { instruction } = placed;
        if (instruction.kind !== "workdir") continue;
        const { value, missing } = facts.valueOf(instruction.path, placed);
        // An unset variable may well be one of the base image.
        const isUncertain = missing.length > 0 && !isBaseKnown(facts, base);
        if (!hasWorkdir && !isUncertain && !isAbsolute(value, osOf(facts, base))) {
          report({
            placed,
            span: instruction.path.span,
            message: `the path ${quoted(value)} is relative to a directory that the base image chooses`,
            hint: "Begin the path with /",
          });
        }
        hasWorkdir = true;
      }
      isSet.push(hasWorkdir);
    }
  },
});

function isAbsolute(path: string, os: string): boolean {
  return os === "windows" ? /^(?:[A-Za-z]:)?[\\/]/.test(path) : path.startsWith("/");
}

function osOf({ targetPlatform }: CheckFacts, { platform }: StageBase): string {
  return normalizePlatform(platform?.value ?? "", targetPlatform)?.os ?? targetPlatform.os;
}

function isBaseKnown(facts: CheckFacts, base: StageBase): boolean {
  let root: StageBase | undefined = base;
  while (root?.parent !== undefined) root = facts.bases[root.parent];
  return root?.kind === "scratch" || root?.facts?.environment !== undefined;
}
