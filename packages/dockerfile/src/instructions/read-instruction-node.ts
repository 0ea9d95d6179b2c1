import { didYouMean } from "../diagnostics/did-you-mean.js";
import { nearest } from "../diagnostics/nearest.js";
import { quoted } from "../diagnostics/quoted.js";
import { type Report, referenceUrl } from "../diagnostics/report.js";
import { trimSpace } from "../lexer/white-space.js";
import { remember } from "../remember.js";
import type { EscapeCharacter, HeredocPart, InstructionNode } from "../tree/ast.js";
import { spanOfMapped } from "../tree/mapped-text.js";
import { advance, spanTo } from "../tree/position.js";
import type { Position } from "../tree/span.js";
import type { Heredoc, Instruction, InstructionBase, Word } from "./instruction.js";
import { argumentsRange, collectItems, type Items, lineText, none } from "./items.js";
import { readAdd } from "./read-add.js";
import { readArg } from "./read-arg.js";
import { commandReader, readShell } from "./read-commands.js";
import { type ReadContext, type ReportUnknown, toWord } from "./read-context.js";
import { readCopy } from "./read-copy.js";
import { readFrom } from "./read-from.js";
import { readHealthcheck } from "./read-healthcheck.js";
import { readExpose, readVolume } from "./read-list-instructions.js";
import { readOnBuild } from "./read-onbuild.js";
import { pairsReader } from "./read-pairs.js";
import { readRun } from "./read-run.js";
import { readMaintainer, readStopSignal, readUser, readWorkdir } from "./read-text-instructions.js";

type Reader = (context: ReadContext) => Instruction | undefined;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["add", readAdd],
  ["arg", readArg],
  ["cmd", commandReader("cmd")],
  ["copy", readCopy],
  ["entrypoint", commandReader("entrypoint")],
  ["env", pairsReader("env")],
  ["expose", readExpose],
  ["from", readFrom],
  ["healthcheck", readHealthcheck],
  ["label", pairsReader("label")],
  ["maintainer", readMaintainer],
  ["run", readRun],
  ["shell", readShell],
  ["stopsignal", readStopSignal],
  ["user", readUser],
  ["volume", readVolume],
  ["workdir", readWorkdir],
]);

/** The keywords of all instructions, upper case, sorted. */
const instructionNames: readonly string[] = [...readers.keys(), "onbuild"]
  .sort()
  .map((name) => name.toUpperCase());

/** What an instruction node is read with. */
export interface NodeSource {
  readonly node: InstructionNode;
  readonly escape: EscapeCharacter;
  /** Comments above it, without `#`. */
  readonly comments: readonly string[];
  readonly report: Report;
  readonly unknown: ReportUnknown;
}

const overview = referenceUrl("overview");

/** Reports keywords that are none, and looks only once for what each was to be. */
export function unknownInstructions(): ReportUnknown {
  const explain = remember((keyword) => ({
    message: `unknown instruction ${quoted(keyword)}`,
    hint: didYouMean(nearest(keyword, instructionNames)),
  }));
  return ({ text, span }, report) => {
    const { message, hint } = explain(text);
    report({ rule: "DOCKERFILE_UNKNOWN_INSTRUCTION", message, span, hint, docs: overview });
  };
}

/** The typed instruction of a node; undefined, and reported, when it is not valid. */
export function readInstructionNode(source: NodeSource): Instruction | undefined {
  const { node, report } = source;
  const items = collectItems(node);
  const { keywords, flags } = items;
  const keyword = keywords[0] === undefined ? { text: "", span: node.span } : toWord(keywords[0]);
  const isOnBuild = node.name === "onbuild";
  if (!isOnBuild && !readers.has(node.name)) return source.unknown(keyword, report);
  const triggerAt = keywords[1] === undefined ? undefined : spanOfMapped(keywords[1]).start.offset;
  const base = readBase(source, keyword);
  const context: ReadContext = {
    node,
    name: node.name,
    base,
    flags:
      triggerAt === undefined ? flags : flags.filter((flag) => spanOfMapped(flag).start.offset < triggerAt),
    args: isOnBuild ? keywords.slice(1) : items.args,
    argumentsSpan: argumentsRange(node, 0) ?? keyword.span,
    form: node.form,
    heredocs: items.heredocs.length === 0 ? none : items.heredocs.map(toHeredoc),
    escape: source.escape,
    report,
    unknown: source.unknown,
  };
  if (!isOnBuild) return readKnown(context);
  return readOnBuild(context, () => readTrigger(context, items));
}

function readKnown(context: ReadContext): Instruction | undefined {
  const reader = readers.get(context.name);
  return reader === undefined ? context.unknown(context.base.keyword, context.report) : reader(context);
}

/** Reads what stands behind ONBUILD. Most of its mistakes are warnings, because BuildKit finds them in the child build
 * only; that the words of ENV and LABEL are pairs it checks here.
 * Differs: checks divide a trigger with the escape character of its file. In the stage that runs it BuildKit reads its
 * text anew, where the character is always a backslash, and so does a build of ours. */
function readTrigger(outer: ReadContext, items: Items): Instruction | undefined {
  const keyword = items.keywords[1];
  if (keyword === undefined) return undefined;
  const word = toWord(keyword);
  const { start } = word.span;
  return readKnown({
    ...outer,
    name: keyword.text.toLowerCase(),
    base: {
      keyword: word,
      span: { start, end: outer.base.span.end },
      text: upperKeyword(lineText(outer.node, start.offset), keyword.text),
      comments: [],
    },
    flags: items.flags.filter((flag) => spanOfMapped(flag).start.offset >= start.offset),
    args: items.args,
    argumentsSpan: argumentsRange(outer.node, 0) ?? word.span,
    report: (finding) => {
      const severity = finding.rule === "DOCKERFILE_INVALID_PAIR" ? "error" : "warning";
      outer.report({ ...finding, severity });
    },
  });
}

function readBase({ node, comments }: NodeSource, keyword: Word): InstructionBase {
  return {
    keyword,
    span: spanTo(keyword.span, instructionEnd(node)),
    text: upperKeyword(lineText(node), keyword.text),
    comments,
  };
}

function upperKeyword(line: string, keyword: string): string {
  const text = trimSpace(line);
  const upper = keyword.toUpperCase();
  return upper === keyword ? text : upper + text.slice(keyword.length);
}

/** The end of the last line that has text, without its line break. */
function instructionEnd(node: InstructionNode): Position {
  for (let index = node.parts.length - 1; index >= 0; index -= 1) {
    const part = node.parts[index];
    if (part === undefined) continue;
    if (part.kind === "heredoc") {
      const end = part.end.replace(/[\r\n]+$/, "").length;
      return advance(part.bodySpan.end, end);
    }
    if (part.kind === "punctuation" || "item" in part) return part.span.end;
  }
  return node.span.start;
}

function toHeredoc(part: HeredocPart): Heredoc {
  const { name, text, expand, stripTabs, fileDescriptor, wordSpan: span, bodySpan: contentSpan } = part;
  const content = stripTabs ? text.replace(/(^|\n)\t+/g, "$1") : text;
  return { name, content, rawContent: text, expand, stripTabs, fileDescriptor, span, contentSpan };
}
