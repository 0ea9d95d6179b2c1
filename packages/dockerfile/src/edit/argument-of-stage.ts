import { expandWord } from "../expand/expand-word.js";
import type { Instruction, Word } from "../instructions/instruction.js";
import type { ParsedDockerfile } from "../parse-dockerfile.js";
import type { EscapeCharacter } from "../tree/ast.js";
import type { VariableReference } from "./variable-references.js";

const wholeVariable = /^\$(?:(\w+)|\{(\w+)\})$/;

/** The defaults of the arguments before the first FROM that serve for nothing but to name one stage: changing them
 * renames the references, and changes nothing else. By the reference. */
export function stageArguments(
  parsed: ParsedDockerfile,
  references: readonly VariableReference[],
  stageIndex: number,
): ReadonlyMap<VariableReference, Word> {
  const defaults = plainDefaults(parsed);
  const uses = otherUses(parsed);
  for (const { reference, target } of references) {
    if (target === stageIndex && variableOf(reference) !== undefined) continue;
    for (const name of namesIn(reference, parsed.ast.escape)) uses.add(name);
  }
  return new Map(
    references.flatMap((reference) => {
      const name = reference.target === stageIndex ? variableOf(reference.reference) : undefined;
      const word = name === undefined || uses.has(name) ? undefined : defaults.get(name);
      return word === undefined ? [] : [[reference, word] as const];
    }),
  );
}

/** The name of the variable that a word is. */
function variableOf({ text }: Word): string | undefined {
  const match = wholeVariable.exec(text);
  return match?.[1] ?? match?.[2];
}

/** The defaults that read no variables, of arguments that are declared once. */
function plainDefaults({ stages }: ParsedDockerfile): ReadonlyMap<string, Word> {
  const defaults = new Map<string, Word | undefined>();
  for (const { name, default: word } of stages.globalArgs.flatMap(({ args }) => args)) {
    const isPlain = word !== undefined && !word.text.includes("$") && !defaults.has(name.text);
    defaults.set(name.text, isPlain ? word : undefined);
  }
  return new Map(
    [...defaults].flatMap(([name, word]) => (word === undefined ? [] : [[name, word] as const])),
  );
}

/** The arguments that are read elsewhere than in the image of a FROM: by a platform, another argument, or a stage. */
function otherUses({ ast, stages: { globalArgs, stages } }: ParsedDockerfile): Set<string> {
  const names = new Set<string>();
  const read = (word: Word | undefined) => {
    if (word !== undefined) for (const name of namesIn(word, ast.escape)) names.add(name);
  };
  for (const arg of globalArgs.flatMap(({ args }) => args)) read(arg.default);
  for (const { from, instructions } of stages) {
    read(from.platform);
    for (const instruction of instructions) for (const name of declaredIn(instruction)) names.add(name);
  }
  return names;
}

function declaredIn(instruction: Instruction): readonly string[] {
  if (instruction.kind === "arg") return instruction.args.map(({ name }) => name.text);
  const trigger = instruction.kind === "onbuild" ? instruction.instruction : undefined;
  return trigger === undefined ? [] : declaredIn(trigger);
}

function namesIn({ text }: Word, escapeCharacter: EscapeCharacter): readonly string[] {
  if (!text.includes("$")) return [];
  const found: string[] = [];
  // Set and unset: `${a:-$b}` reads b only without a.
  for (const value of ["x", undefined]) {
    const env = {
      get: (name: string) => {
        found.push(name);
        return value;
      },
    };
    expandWord(text, env, { escape: escapeCharacter });
  }
  return found;
}
