import type { Instruction, KeyValue, RunInstruction, Word } from "../../instructions/instruction.js";

/** A text in which the builder replaces variables: a word, or the body of a here-document. */
export interface ExpandableText extends Word {
  readonly quotes: "remove" | "literal";
}

/** The words of an instruction whose variables the builder replaces and whose unset variables it reports. ARG and
 * EXPOSE are not among them: ARG sees its own earlier names, EXPOSE reports nothing.
 * @see https://docs.docker.com/reference/dockerfile/#environment-replacement */
export function expandableTexts(instruction: Instruction): readonly ExpandableText[] {
  const texts: ExpandableText[] = [];
  for (const word of expandedWords(instruction)) {
    if (word !== undefined && mayChange(word.text)) texts.push({ ...word, quotes: "remove" });
  }
  if (instruction.kind !== "copy" && instruction.kind !== "add") return texts;
  for (const { heredoc } of instruction.inlineSources) {
    if (!heredoc.expand || !heredoc.content.includes("$")) continue;
    texts.push({ text: heredoc.content, span: heredoc.contentSpan, quotes: "literal" });
  }
  return texts;
}

const special = /[$'"\\`]/;

/** Whether expansion can give another text than the one written. */
export function mayChange(text: string): boolean {
  return special.test(text);
}

function expandedWords(instruction: Instruction): readonly (Word | undefined)[] {
  switch (instruction.kind) {
    case "copy":
      return [...instruction.sources, instruction.destination, ...ownerWords(instruction)];
    case "add":
      return [
        ...instruction.sources,
        instruction.destination,
        ...ownerWords(instruction),
        instruction.checksum,
      ];
    case "env":
    case "label":
      return instruction.pairs.flatMap(pairWords);
    case "workdir":
      return [instruction.path];
    case "user":
      return [instruction.user];
    case "volume":
      return instruction.paths;
    case "stopsignal":
      return [instruction.signal];
    case "run":
      return mountWords(instruction);
    default:
      return [];
  }
}

function ownerWords({
  chown,
  chmod,
  exclude,
}: Pick<Extract<Instruction, { kind: "copy" | "add" }>, "chown" | "chmod" | "exclude">): readonly (
  | Word
  | undefined
)[] {
  return [chown, chmod, ...exclude];
}

function pairWords({ key, value }: KeyValue): readonly Word[] {
  return [key, value];
}

/** Any value of a mount but `from`. */
function mountWords({ mountSpecs }: RunInstruction): readonly (Word | undefined)[] {
  return mountSpecs.flatMap(({ options }) =>
    options.map(({ key, value }) => (key.text.toLowerCase() === "from" ? undefined : value)),
  );
}
