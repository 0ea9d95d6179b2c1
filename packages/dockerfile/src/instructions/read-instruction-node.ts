import { nearest } from "../diagnostics/nearest.js";
import { type Report, referenceUrl } from "../diagnostics/report.js";
import { trimSpace } from "../lexer/white-space.js";
import type { EscapeCharacter, HeredocPart, InstructionNode } from "../tree/ast.js";
import { spanOfMapped } from "../tree/mapped-text.js";
import { advance } from "../tree/position.js";
import type { Position } from "../tree/span.js";
import type { Heredoc, Instruction, InstructionBase } from "./instruction.js";
import { argumentsRange, collectItems, type Items, lineText } from "./items.js";
import { readAdd } from "./read-add.js";
import { readArg } from "./read-arg.js";
import { readCmd, readEntrypoint, readShell } from "./read-commands.js";
import { type ReadContext, reportAt, toWord } from "./read-context.js";
import { readCopy } from "./read-copy.js";
import { readFrom } from "./read-from.js";
import { readHealthcheck } from "./read-healthcheck.js";
import { readExpose, readVolume } from "./read-list-instructions.js";
import { readOnBuild } from "./read-onbuild.js";
import { readEnv, readLabel } from "./read-pairs.js";
import { readRun } from "./read-run.js";
import { readMaintainer, readStopSignal, readUser, readWorkdir } from "./read-text-instructions.js";

type Reader = (context: ReadContext) => Instruction | undefined;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["add", readAdd],
  ["arg", readArg],
  ["cmd", readCmd],
  ["copy", readCopy],
  ["entrypoint", readEntrypoint],
  ["env", readEnv],
  ["expose", readExpose],
  ["from", readFrom],
  ["healthcheck", readHealthcheck],
  ["label", readLabel],
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
}

/** The typed instruction of a node; undefined, and reported, when it is not valid. */
export function readInstructionNode(source: NodeSource): Instruction | undefined {
  const { node, report } = source;
  const items = collectItems(node);
  const { keywords, flags } = items;
  const isOnBuild = node.name === "onbuild";
  const triggerAt = keywords[1] === undefined ? undefined : spanOfMapped(keywords[1]).start.offset;
  const base = readBase(source, items);
  const argumentsSpan = argumentsRange(node, 0) ?? base.keyword.span;
  const isHealthcheck = keywords.at(-1)?.text.toLowerCase() === "healthcheck";
  const context: ReadContext = {
    name: node.name,
    base,
    flags:
      triggerAt === undefined ? flags : flags.filter((flag) => spanOfMapped(flag).start.offset < triggerAt),
    args: isOnBuild ? keywords.slice(1) : items.args,
    argumentsSpan,
    commandSpan: isHealthcheck ? (argumentsRange(node, 1) ?? argumentsSpan) : argumentsSpan,
    form: node.form,
    heredocs: items.heredocs.map(toHeredoc),
    escape: source.escape,
    report,
  };
  if (!isOnBuild) return readKnown(context);
  return readOnBuild({ node, context, readTrigger: () => readTrigger(node, context, items) });
}

function readKnown(context: ReadContext): Instruction | undefined {
  const reader = readers.get(context.name);
  if (reader !== undefined) return reader(context);
  const { text } = context.base.keyword;
  const close = nearest(text, instructionNames);
  reportAt(context, {
    rule: "DOCKERFILE_UNKNOWN_INSTRUCTION",
    message: `unknown instruction ${JSON.stringify(text)}`,
    hint: close === undefined ? undefined : `Did you mean ${close}?`,
    docs: referenceUrl("overview"),
  });
  return undefined;
}

/** Reads what stands behind ONBUILD. Most of its mistakes are warnings, because BuildKit finds them in the child build
 * only; that the words of ENV and LABEL are pairs it checks here. */
function readTrigger(node: InstructionNode, outer: ReadContext, items: Items): Instruction | undefined {
  const keyword = items.keywords[1];
  if (keyword === undefined) return undefined;
  const { start } = spanOfMapped(keyword);
  return readKnown({
    ...outer,
    name: keyword.text.toLowerCase(),
    base: {
      keyword: toWord(keyword),
      span: { start, end: outer.base.span.end },
      text: upperKeyword(lineText(node, start.offset), keyword.text),
      comments: [],
    },
    flags: items.flags.filter((flag) => spanOfMapped(flag).start.offset >= start.offset),
    args: items.args,
    report: (finding) => {
      const severity = finding.rule === "DOCKERFILE_INVALID_PAIR" ? "error" : "warning";
      outer.report({ ...finding, severity });
    },
  });
}

function readBase({ node, comments }: NodeSource, items: Items): InstructionBase {
  const keyword = items.keywords[0];
  const word = keyword === undefined ? { text: "", span: node.span } : toWord(keyword);
  return {
    keyword: word,
    span: { start: word.span.start, end: instructionEnd(node) },
    text: upperKeyword(lineText(node), word.text),
    comments,
  };
}

function upperKeyword(line: string, keyword: string): string {
  return keyword.toUpperCase() + trimSpace(line).slice(keyword.length);
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
  return {
    name: part.name,
    content: part.stripTabs ? part.text.replace(/(^|\n)\t+/g, "$1") : part.text,
    rawContent: part.text,
    expand: part.expand,
    stripTabs: part.stripTabs,
    fileDescriptor: part.fileDescriptor,
    span: part.wordSpan,
    contentSpan: part.bodySpan,
  };
}
