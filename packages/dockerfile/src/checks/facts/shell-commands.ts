import type { RunInstruction } from "../../instructions/instruction.js";
import { runScript } from "../../instructions/run-script.js";

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

/** What a RUN executes as one text. */
export function scriptText(run: RunInstruction): string {
  const script = runScript(run);
  switch (script.kind) {
    case "exec":
      return script.args.join(" ");
    case "shell":
      return script.text;
    case "file":
      return script.content;
  }
}

/** The simple commands of a script as lists of words, without prefixes such as `sudo` and assignments. A rough reading
 * that is enough to recognise a command by name: quotes are dropped, and text in them counts, too. */
export function shellCommands(script: string): readonly (readonly string[])[] {
  return script
    .split(separators)
    .map(toWords)
    .filter((words) => words.length > 0);
}

function toWords(command: string): readonly string[] {
  const words = command
    .replace(/["'\\]/g, " ")
    .split(/\s+/)
    .filter((word) => word !== "");
  const start = words.findIndex((word) => !prefixes.has(word) && !/^[A-Za-z_]\w*=/.test(word));
  return start < 0 ? [] : words.slice(start);
}
