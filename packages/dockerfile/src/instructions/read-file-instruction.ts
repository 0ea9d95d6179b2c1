import { parseHeredocWord } from "../lexer/heredoc-word.js";
import { decodeJsonString } from "../lexer/json-strings.js";
import { type MappedText, spanOfMapped } from "../tree/mapped-text.js";
import { parseChmod } from "../values/parse-chmod.js";
import type { CopyInstruction, Heredoc, InlineSource, Word } from "./instruction.js";
import { countArguments, type ReadContext, reportAt, toWord, upperName } from "./read-context.js";
import { type Flags, filledFlag, listFlag, switchFlag } from "./read-flags.js";

/** What COPY and ADD share. */
type FileFields = Pick<
  CopyInstruction,
  "sources" | "inlineSources" | "destination" | "chown" | "chmod" | "link" | "exclude"
>;

/** Sources, destination and common flags of COPY and ADD; undefined when there is no destination. */
export function readFileFields(context: ReadContext, flags: Flags): FileFields | undefined {
  const last = context.args.at(-1);
  if (last === undefined || context.args.length < 2) {
    reportAt(context, {
      rule: "DOCKERFILE_ARGUMENT_COUNT",
      message: `${upperName(context)} needs a source and a destination, found ${countArguments(context)}`,
      span: context.argumentsSpan,
    });
    return undefined;
  }
  const destination = readPath(context, last);
  if (context.form === "plain" && parseHeredocWord(destination.text) !== undefined) {
    reportAt(context, {
      rule: "DOCKERFILE_HEREDOC_DESTINATION",
      message: `the destination of ${upperName(context)} is a here-document`,
      span: destination.span,
      hint: "Put the destination behind the here-documents",
    });
  }
  const chmod = filledFlag(flags, "chmod");
  if (chmod !== undefined) checkChmod(context, chmod);
  const { sources, inlineSources } = readSources(context, context.args.slice(0, -1));
  return {
    sources,
    inlineSources,
    destination,
    chown: filledFlag(flags, "chown"),
    chmod,
    link: switchFlag(context, flags, "link") ?? false,
    exclude: listFlag(flags, "exclude").map(toWord),
  };
}

function readSources(
  context: ReadContext,
  args: readonly MappedText[],
): Pick<FileFields, "sources" | "inlineSources"> {
  if (context.heredocs.length === 0)
    return { sources: args.map((arg) => readPath(context, arg)), inlineSources: [] };
  const sources: Word[] = [];
  const inlineSources: InlineSource[] = [];
  // Of here-documents with one name the last wins, as in BuildKit.
  const byName = new Map<string, Heredoc>();
  for (const heredoc of context.heredocs) byName.set(heredoc.name, heredoc);
  for (const arg of args) {
    const word = context.form === "plain" ? parseHeredocWord(arg.text) : undefined;
    const heredoc = word === undefined ? undefined : byName.get(word.name);
    if (heredoc === undefined) sources.push(readPath(context, arg));
    else inlineSources.push({ path: heredoc.name, heredoc });
  }
  return { sources, inlineSources };
}

function readPath(context: ReadContext, arg: MappedText): Word {
  if (context.form === "plain") return toWord(arg);
  return { text: decodeJsonString(arg.text), span: spanOfMapped(arg) };
}

/** A mode with variables is known only when they are. */
function checkChmod(context: ReadContext, chmod: Word): void {
  if (chmod.text.includes("$")) return;
  const parsed = parseChmod(chmod.text);
  if (parsed.ok) return;
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_FLAG_VALUE",
    message: `--chmod ${parsed.message}`,
    span: chmod.span,
    hint: "Write an octal mode up to 07777, or a symbolic one such as u=rwX,go=rX",
  });
}
