import { type DockerfileText, neededStages, type TextLine } from "./dockerfile-text.js";
import type { KnownDifference } from "./known-differences.js";

interface Refusal {
  readonly name: string;
  readonly shownBy: string;
  readonly example: string;
  /** All rules when absent. */
  readonly rules?: readonly string[];
  /** Whether the refused line is of the kind that is meant. */
  readonly line?: (line: TextLine, file: DockerfileText) => boolean;
}

/** Mistakes that BuildKit refuses and buildah does not mind, wherever they stand. */
const refusals: readonly Refusal[] = [
  {
    name: "BuildKit refuses instructions before the first FROM",
    shownBy: "instructions/parse.go, Parse: CurrentStage",
    example: "ENV a=1\nFROM scratch\n",
    line: ({ stage }) => stage < 0,
  },
  {
    name: "BuildKit checks ports",
    shownBy: "dockerfile2llb/convert_expose.go, parsePortSpec",
    example: "FROM scratch\nEXPOSE 65536\n",
    rules: ["DOCKERFILE_INVALID_PORT"],
    line: (line, file) => neededStages(file).has(line.stage),
  },
  {
    name: "BuildKit refuses names that are empty",
    shownBy: "instructions/parse.go, errBlankCommandNames",
    example: "FROM scratch\nENV =1\n",
    rules: ["DOCKERFILE_EMPTY_WORD"],
    line: ({ keyword, rest }) => /^(ENV|LABEL|ARG)$/.test(keyword) && /(^|\s)=/.test(rest),
  },
  {
    name: "BuildKit refuses flags that an instruction does not have",
    shownBy: "instructions/bflag.go, Parse",
    example: "FROM scratch\nENV --x a=1\n",
    rules: ["DOCKERFILE_UNKNOWN_FLAG"],
    line: ({ keyword, rest }) => /^--./.test(rest) || keyword.startsWith("--"),
  },
  {
    name: "BuildKit refuses flags that are given twice",
    shownBy: "instructions/bflag.go, Parse: errDuplicateFlag",
    example: "FROM scratch\nHEALTHCHECK --retries=1 --retries=2 CMD a\n",
    rules: ["DOCKERFILE_DUPLICATE_FLAG"],
    line: ({ rest }) => /(--[a-z-]+).*\s\1\b/s.test(rest),
  },
  {
    name: "BuildKit refuses names of stages that do not begin with a letter or hold symbols",
    shownBy: "instructions/parse.go, validStageName",
    example: "FROM scratch AS 1\nENV a=1\n",
    rules: ["DOCKERFILE_INVALID_STAGE_NAME"],
    line: ({ keyword }) => keyword === "FROM",
  },
  {
    name: "BuildKit refuses a WORKDIR that is a file",
    shownBy: "../../solver/llbsolver/file/backend.go, mkdir",
    example: "FROM scratch\nCOPY a.txt /w\nWORKDIR /w\n",
    rules: ["WORKDIR_NOT_DIRECTORY"],
  },
  {
    name: "BuildKit refuses durations below a millisecond",
    shownBy: "instructions/parse.go, parseOptInterval: MinimumDuration",
    example: "FROM scratch\nHEALTHCHECK --interval=1us CMD a\n",
    rules: ["DOCKERFILE_INVALID_FLAG_VALUE"],
    line: ({ keyword, rest }) => keyword === "HEALTHCHECK" && /=[\d.]+[nuµμ]s/.test(rest),
  },
  {
    name: "BuildKit refuses substitutions without a name",
    shownBy: "shell/lex.go, processDollar: bad substitution",
    example: "FROM scratch\nENV a=${}\n",
    rules: ["DOCKERFILE_BAD_SUBSTITUTION"],
    line: ({ rest, stage }, file) => /\$\{[{}:]/.test(rest) && neededStages(file).has(stage),
  },
];

/** BuildKit finds these, too, only in stages that the target needs. */
const lateRules: ReadonlySet<string> = new Set([
  "DOCKERFILE_BAD_SUBSTITUTION",
  "DOCKERFILE_INVALID_PORT",
  "DOCKERFILE_INVALID_SIGNAL",
  "DOCKERFILE_UNTERMINATED_QUOTE",
  "DOCKERFILE_VARIABLE_REQUIRED",
]);

/** Everything that only we refuse, and why we are right. */
export const onlyWeRefuse: readonly KnownDifference[] = [
  ...refusals.map(
    ({ rules, line, ...known }): KnownDifference => ({
      ...known,
      explains: (found, file) =>
        found.kind === "only we refuse" &&
        (rules?.includes(found.rule) ?? true) &&
        linesAt(file, found.line).some((at) => line?.(at, file) ?? true),
    }),
  ),
  {
    name: "BuildKit reads all stages, buildah only those that the target needs",
    shownBy: "instructions/parse.go, Parse, which knows no target",
    example: "FROM scratch\nUSER\nFROM scratch\nENV a=1\n",
    explains: (found, file) =>
      found.kind === "only we refuse" &&
      !lateRules.has(found.rule) &&
      linesAt(file, found.line).some(({ stage }) => !neededStages(file).has(stage)),
  },
];

/** The instruction at a line; for a FROM also the triggers that it may run. */
function linesAt({ lines }: DockerfileText, line: number): readonly TextLine[] {
  const own = lines.filter(({ first, last }) => first <= line && line <= last);
  const runsTriggers = own.some(({ keyword }) => keyword === "FROM");
  return runsTriggers
    ? [...own, ...lines.filter(({ origin, last }) => origin === "trigger" && last < line)]
    : own;
}
