import type { RunInstruction } from "../../instructions/instruction.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import { scriptText, shellCommands } from "../facts/shell-commands.js";
import { shippedStages } from "../facts/shipped-stages.js";

const aptTools: ReadonlySet<string> = new Set(["apt-get", "apt", "aptitude"]);
const listsFolder = "/var/lib/apt/lists";

/** A RUN that fetches apt's package lists deletes them again, in stages whose layers are in an image. */
export const aptGetNoClean: CheckRule = defineRule({
  name: "AptGetNoClean",
  origin: "oci-build",
  check: (facts, report) => {
    const leaving = facts.ofKind("run").filter(({ instruction }) => leavesLists(instruction));
    if (leaving.length === 0) return;
    const shipped = shippedStages(facts.parsed.stages, facts.bases);
    for (const placed of leaving) {
      const { instruction, stage } = placed;
      if (stage === undefined || !shipped.has(stage.index)) continue;
      report({
        placed,
        span: instruction.keyword.span,
        message: `the package lists in ${listsFolder} stay in the layer of this RUN`,
        hint: `End the command with && rm -rf ${listsFolder}/*, or mount a cache there`,
      });
    }
  },
});

function leavesLists(run: RunInstruction): boolean {
  const script = scriptText(run);
  if (!/\bapt/.test(script) || !script.includes("update") || hasMount(run)) return false;
  const commands = shellCommands(script);
  return commands.some(isUpdate) && !commands.some(deletesLists);
}

function isUpdate(words: readonly string[]): boolean {
  return (
    aptTools.has(words[0] ?? "") &&
    words.find((word, index) => index > 0 && !word.startsWith("-")) === "update"
  );
}

/** `rm -rf /var/lib/apt/lists/*`, also by `find … -delete` */
function deletesLists(words: readonly string[]): boolean {
  return (
    (words[0] === "rm" || words[0] === "find") &&
    words.some((word) => isAtOrAbove(word.replace(/\/\*?$/, "")))
  );
}

function hasMount({ mounts }: RunInstruction): boolean {
  return mounts.some(
    (mount) =>
      (mount.type === "cache" || mount.type === "tmpfs") && isAtOrAbove(mount.target.text.replace(/\/$/, "")),
  );
}

function isAtOrAbove(path: string): boolean {
  return path === listsFolder || path === "/var/lib/apt" || path === "/var/lib";
}
