import { mayChange } from "../../expand/may-change.js";
import type {
  AddInstruction,
  CopyInstruction,
  Instruction,
  RunInstruction,
  Word,
} from "../../instructions/instruction.js";

/** The body of a here-document in which the builder replaces variables; quotes are ordinary characters there. */
export interface ExpandableText extends Word {
  readonly quotes: "literal";
}

/** Takes each text in turn. */
export type VisitText = (text: Word | ExpandableText) => void;

/** Visits the words of an instruction whose variables the builder replaces and whose unset variables it reports, as
 * far as expansion can change them. ARG and EXPOSE have none: ARG sees its own earlier names, EXPOSE reports nothing.
 * @see https://docs.docker.com/reference/dockerfile/#environment-replacement */
export function visitTexts(instruction: Instruction, visit: VisitText): void {
  const visitWord = (word: Word | undefined) => {
    if (word !== undefined && mayChange(word.text)) visit(word);
  };
  switch (instruction.kind) {
    case "copy":
    case "add":
      visitFiles(instruction, visit, visitWord);
      break;
    case "env":
    case "label":
      for (const { key, value } of instruction.pairs) {
        visitWord(key);
        visitWord(value);
      }
      break;
    case "workdir":
      visitWord(instruction.path);
      break;
    case "user":
      visitWord(instruction.user);
      break;
    case "volume":
      for (const path of instruction.paths) visitWord(path);
      break;
    case "stopsignal":
      visitWord(instruction.signal);
      break;
    case "run":
      visitMounts(instruction, visitWord);
      break;
    default:
      break;
  }
}

type VisitWord = (word: Word | undefined) => void;

function visitFiles(
  instruction: CopyInstruction | AddInstruction,
  visit: VisitText,
  visitWord: VisitWord,
): void {
  for (const source of instruction.sources) visitWord(source);
  visitWord(instruction.destination);
  visitWord(instruction.chown);
  visitWord(instruction.chmod);
  for (const pattern of instruction.exclude) visitWord(pattern);
  if (instruction.kind === "add") visitWord(instruction.checksum);
  for (const { heredoc } of instruction.inlineSources) {
    if (!heredoc.expand || !heredoc.content.includes("$")) continue;
    visit({ text: heredoc.content, span: heredoc.contentSpan, quotes: "literal" });
  }
}

/** Any value of a mount but `from`. */
function visitMounts({ mountSpecs }: RunInstruction, visitWord: VisitWord): void {
  for (const { options } of mountSpecs)
    for (const { key, value } of options) if (key.text.toLowerCase() !== "from") visitWord(value);
}
