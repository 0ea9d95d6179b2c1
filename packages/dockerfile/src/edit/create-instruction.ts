import { parseDockerfile } from "../parse-dockerfile.js";
import { commandText, jsonArray, runText } from "./command-text.js";
import type { FlagValue, InstructionSpec } from "./instruction-spec.js";
import { escapeWord, type QuoteOptions, quoteFlag, quoteWord } from "./quote-word.js";

/** Writes an instruction, without line break behind it. Words are quoted and escaped so that BuildKit reads exactly the
 * given texts; a `$` is literal unless `options.variables` is `expand` (in flags, FROM, EXPOSE and STOPSIGNAL variables always
 * stay). Commands are taken as they are; blanks around a text for the shell are lost.
 * @throws RangeError for what no instruction can say: it would be read as something else, or BuildKit refuses it */
export function createInstruction(spec: InstructionSpec, options: QuoteOptions = {}): string {
  const text = writeInstruction(spec, options);
  const problem = findProblem(spec, text, options);
  if (problem === undefined) return text;
  throw new RangeError(`${spec.kind.toUpperCase()} cannot be written as ${JSON.stringify(text)}: ${problem}`);
}

function writeInstruction(spec: InstructionSpec, options: QuoteOptions): string {
  const words = [spec.kind.toUpperCase()];
  if ("flags" in spec) words.push(...flagTexts(spec.flags ?? {}, options));
  words.push(argumentsText(spec, options));
  return words.join(" ");
}

function argumentsText(spec: InstructionSpec, options: QuoteOptions): string {
  switch (spec.kind) {
    case "from":
      return spec.as === undefined ? spec.image : `${spec.image} AS ${spec.as}`;
    case "run":
      return runText(spec.command, options.escape ?? "\\");
    case "copy":
    case "add":
      return pathsText([...spec.sources, spec.destination], options);
    case "env":
    case "label":
      return pairsText(spec.pairs, options);
    case "arg":
      return pairsText(spec.args, options);
    case "volume":
      return jsonArray(spec.paths.map((path) => escapeWord(path, options)));
    case "expose":
      return spec.ports.join(" ");
    case "shell":
      return jsonArray(spec.args);
    case "healthcheck":
      return spec.command === undefined ? "NONE" : `CMD ${commandText(spec.command)}`;
    case "cmd":
    case "entrypoint":
      return commandText(spec.command);
    case "onbuild":
      return writeInstruction(spec.instruction, options);
    case "workdir":
      return quoteWord(spec.path, options);
    case "user":
      return quoteWord(spec.user, options);
    case "stopsignal":
      return spec.signal;
  }
}

/** Quotes hold no words together in COPY and ADD, so paths that need more than escapes are written as JSON. */
function pathsText(paths: readonly string[], options: QuoteOptions): string {
  const escaped = paths.map((path) => escapeWord(path, options));
  const isPlain = escaped.every((path) => /^(?!--|\[)[\x21-\x7e]+$/.test(path) && !path.includes("<<"));
  const isContinued = escaped.at(-1)?.endsWith(options.escape ?? "\\") ?? false;
  return isPlain && !isContinued ? escaped.join(" ") : jsonArray(escaped);
}

function pairsText(pairs: Readonly<Record<string, string | undefined>>, options: QuoteOptions): string {
  return Object.entries(pairs)
    .map(([key, value]) => (value === undefined ? key : `${key}=${quoteWord(value, options)}`))
    .join(" ");
}

function flagTexts(flags: Readonly<Record<string, FlagValue>>, options: QuoteOptions): readonly string[] {
  return Object.entries(flags).flatMap(([name, value]) =>
    flagValues(value).map((one) => quoteFlag(name, one, options.escape)),
  );
}

/** The values that a flag is given with, one for each time. */
export function flagValues(value: FlagValue): readonly (string | true)[] {
  if (value === undefined || value === false) return [];
  return typeof value === "object" ? value : [value];
}

/** What depends on the rest of the file. */
const outerRules: ReadonlySet<string> = new Set(["DOCKERFILE_UNKNOWN_STAGE", "DOCKERFILE_STAGE_CYCLE"]);

/** Reads the instruction between two others, which shows when it ends early or takes the next one in. */
function findProblem(
  spec: InstructionSpec,
  text: string,
  { escape: mark = "\\" }: QuoteOptions,
): string | undefined {
  const { ast, stages, diagnostics } = parseDockerfile(`# escape=${mark}\nFROM x\n${text}\nUSER x\n`);
  const error = diagnostics.find(({ severity, rule }) => severity === "error" && !outerRules.has(rule));
  if (error !== undefined) return error.message;
  const kinds = ast.children.flatMap((node) => (node.kind === "instruction" ? [node.name] : []));
  if (kinds.join(" ") !== `from ${spec.kind} user`) return `it is read as ${kinds.slice(1, -1).join(", ")}`;
  const instruction = stages.stages[0]?.instructions[0];
  const isShell = "command" in spec && typeof spec.command === "string";
  const isRead = instruction !== undefined && "command" in instruction;
  return isShell && isRead && instruction.command?.form === "exec" ? "the shell would not get it" : undefined;
}
