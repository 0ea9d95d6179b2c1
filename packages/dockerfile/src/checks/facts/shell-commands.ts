import type { RunInstruction } from "../../instructions/instruction.js";
import { type RunScript, runScript } from "../../instructions/run-script.js";

const separators = /&&|\|\||[;|&\n(){}]/;
const prefixes: ReadonlySet<string> = new Set([
  "sudo",
  "exec",
  "time",
  "env",
  "command",
  "then",
  "do",
  "else",
  "if",
  "!",
]);

/** The simple commands of a RUN as lists of words, without prefixes such as `sudo` and assignments. A rough reading
 * that is enough to recognise a command by name: quotes are dropped, and text in them counts, too. */
export function shellCommands(run: RunInstruction): readonly (readonly string[])[] {
  return scriptText(runScript(run))
    .split(separators)
    .map(toWords)
    .filter((words) => words.length > 0);
}

function scriptText(script: RunScript): string {
  switch (script.kind) {
    case "exec":
      return script.args.join(" ");
    case "shell":
      return script.text;
    case "file":
      return script.content;
  }
}

function toWords(command: string): readonly string[] {
  const words = command
    .replace(/["'\\]/g, " ")
    .split(/\s+/)
    .filter((word) => word !== "");
  const start = words.findIndex((word) => !prefixes.has(word) && !/^[A-Za-z_]\w*=/.test(word));
  return start < 0 ? [] : words.slice(start);
}
