import { nearest } from "../diagnostics/nearest.js";
import type { Report } from "../diagnostics/report.js";
import type { EscapeCharacter, HeredocPart, InstructionNode } from "../tree/ast.js";
import { spanOfMapped } from "../tree/mapped-text.js";
import { advance } from "../tree/position.js";
import type { Position } from "../tree/span.js";
import type { Heredoc, Instruction, InstructionBase } from "./instruction.js";
import { collectItems, type Items, joinLine } from "./items.js";
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
export const instructionNames: readonly string[] = [...readers.keys(), "onbuild"]
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
  const heredocs = items.heredocs.map(toHeredoc);
  const isOnBuild = node.name === "onbuild";
  const trigger = items.keywords[1];
  const triggerAt = trigger === undefined ? Number.POSITIVE_INFINITY : spanOfMapped(trigger).start.offset;
  const context: ReadContext = {
    name: node.name,
    base: readBase(source, items),
    flags: items.flags.filter((flag) => spanOfMapped(flag).start.offset < triggerAt),
    args: isOnBuild ? items.keywords.slice(1) : items.args,
    form: node.form,
    heredocs,
    escape: source.escape,
    report,
  };
  if (!isOnBuild) return readKnown(context);
  return readOnBuild({ node, context, readTrigger: () => readTrigger(context, items, triggerAt) });
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
    docs: "https://docs.docker.com/reference/dockerfile/#overview",
  });
  return undefined;
}

/** Reads what stands behind ONBUILD. Its mistakes are warnings, because BuildKit finds them in the child build only. */
function readTrigger(outer: ReadContext, items: Items, triggerAt: number): Instruction | undefined {
  const keyword = items.keywords[1];
  if (keyword === undefined) return undefined;
  const { base } = outer;
  const start = spanOfMapped(keyword).start;
  const text = base.text.slice(base.text.search(/\s/)).trim();
  return readKnown({
    ...outer,
    name: keyword.text.toLowerCase(),
    base: {
      keyword: toWord(keyword),
      span: { start, end: base.span.end },
      text: keyword.text.toUpperCase() + text.slice(keyword.text.length),
      comments: [],
    },
    flags: items.flags.filter((flag) => spanOfMapped(flag).start.offset >= triggerAt),
    args: items.args,
    report: (finding) => {
      outer.report({ ...finding, severity: "warning" });
    },
  });
}

function readBase({ node, comments }: NodeSource, items: Items): InstructionBase {
  const line = joinLine(node).text.trim();
  const keyword = items.keywords[0];
  const word = keyword === undefined ? { text: "", span: node.span } : toWord(keyword);
  return {
    keyword: word,
    span: { start: word.span.start, end: instructionEnd(node) },
    text: word.text.toUpperCase() + line.slice(word.text.length),
    comments,
  };
}

/** The end of the last line that has text, without its line break. */
function instructionEnd(node: InstructionNode): Position {
  for (const part of node.parts.toReversed()) {
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
    content: part.stripTabs ? part.text.replace(/^\t+/gm, "") : part.text,
    rawContent: part.text,
    expand: part.expand,
    stripTabs: part.stripTabs,
    fileDescriptor: part.fileDescriptor,
    span: part.wordSpan,
    contentSpan: part.bodySpan,
  };
}
