import type { Environment } from "../expand/expand-options.js";
import { expandWord } from "../expand/expand-word.js";
import type { Word } from "../instructions/instruction.js";
import type { ParsedDockerfile } from "../parse-dockerfile.js";
import type { Stage } from "../stages/stage.js";
import { stageGraph } from "../stages/stage-graph.js";
import type { EscapeCharacter } from "../tree/ast.js";

/** The image of a FROM that is made of variables. */
export interface VariableReference {
  readonly stage: Stage;
  readonly reference: Word;
  /** What it comes to when no build arguments are given. */
  readonly value: string;
  /** The index of the stage that it names then. */
  readonly target: number | undefined;
}

/** The values of the arguments before the first FROM when no build arguments are given; platforms are not known. */
function defaultValues({ ast, stages }: ParsedDockerfile): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, default: fallback } of stages.globalArgs.flatMap(({ args }) => args)) {
    const result =
      fallback === undefined ? undefined : expandWord(fallback.text, values, { escape: ast.escape });
    if (result?.ok === true) values.set(name.text, result.value);
  }
  return values;
}

/** Every FROM that reads variables, with the stage that it means by default. */
export function variableReferences(parsed: ParsedDockerfile): readonly VariableReference[] {
  const { ast, stages } = parsed;
  const values = defaultValues(parsed);
  const baseName = ({ from }: Stage): string => {
    const result = expandWord(from.image.text, values, { escape: ast.escape });
    return result.ok ? result.value : from.image.text;
  };
  const graph = stageGraph(stages, { baseName });
  return stages.stages
    .filter(({ from }) => from.image.text.includes("$"))
    .map((stage) => ({
      stage,
      reference: stage.from.image,
      value: baseName(stage),
      target: graph.parent(stage.index),
    }));
}

/** No Dockerfile has this character in the name of an image. */
const anything = "\0";

/** Whether some values of its variables make a word a name. */
export function mayBecome({ text }: Word, name: string, escapeCharacter: EscapeCharacter): boolean {
  const environments: readonly Environment[] = [{ get: () => anything }, { get: () => undefined }];
  return environments.some((env) => {
    const result = expandWord(text, env, { escape: escapeCharacter });
    return !result.ok || matches(name, result.value.split(anything));
  });
}

/** Whether a name consists of the pieces with anything between them. */
function matches(name: string, [first = "", ...others]: readonly string[]): boolean {
  const last = others.pop();
  if (last === undefined) return name === first;
  let at = first.length;
  if (!name.startsWith(first)) return false;
  for (const piece of others) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.endsWith(last) && name.length - last.length >= at;
}
