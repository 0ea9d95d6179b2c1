import type { Word } from "../instructions/instruction.js";
import type { ParsedDockerfile } from "../parse-dockerfile.js";
import { allDependencies } from "../stages/all-dependencies.js";
import { findStage } from "../stages/find-stage.js";
import type { Stage } from "../stages/stage.js";
import { type StageDependency, stageGraph } from "../stages/stage-graph.js";
import type { EscapeCharacter } from "../tree/ast.js";
import { print } from "../tree/print.js";
import { stageArguments } from "./argument-of-stage.js";
import type { TextEdit } from "./text-edit.js";
import { mayBecome, type VariableReference, variableReferences } from "./variable-references.js";

/** A FROM made of variables that a renaming does not reach. */
export interface UnrenamedReference {
  readonly reference: Word;
  /** `default`: without build arguments it names the stage, and will name an image; the build breaks unless someone
   * changes it. `argument`: some values of build arguments, or some platforms, make it name the stage. */
  readonly means: "default" | "argument";
}

/** What renames a stage, and what is left to a person. */
export interface StageRenaming {
  readonly edits: readonly TextEdit[];
  /** In the order of the text. */
  readonly unrenamed: readonly UnrenamedReference[];
}

/** Renames a stage and all that refers to it: FROM, COPY --from and RUN --mount with from, also in the ONBUILD triggers
 * that stages of the file run. References by index stay. A FROM that is one variable (`FROM $BASE`) is renamed by the
 * default of its ARG where that ARG serves for nothing else; any other one made of variables that can mean the stage is
 * told in `unrenamed`. What calls the build (`--target`, `--build-arg`) is not seen. `stage` is its name, letter case
 * aside, or its index; a stage without name gets one.
 * @throws RangeError when there is no such stage, the name is not valid, or something else has or uses it */
export function renameStage(parsed: ParsedDockerfile, stage: string | number, name: string): StageRenaming {
  const found = findStage(parsed.stages, stage);
  if (found === undefined) throw new RangeError(`there is no stage ${JSON.stringify(stage)} to rename`);
  const variables = variableReferences(parsed);
  checkName(parsed, { stage: found, name, variables });
  const text = print(parsed.ast);
  const references = findReferences(parsed, found).map(({ reference, via }) =>
    // FROM compares with the name in lower case, the others do not mind.
    replaceWord(text, reference, via === "from" ? name.toLowerCase() : name),
  );
  const args = stageArguments(parsed, variables, found.index);
  const defaults = [...new Set(args.values())].map((word) => replaceWord(text, word, name.toLowerCase()));
  return {
    edits: [nameStage(text, found, name), ...references, ...(isSameName(found, name) ? [] : defaults)],
    unrenamed: isSameName(found, name)
      ? []
      : variables.flatMap((variable) =>
          args.has(variable) ? [] : unrenamed(variable, found, parsed.ast.escape),
        ),
  };
}

/** Whether only the letter case changes, which no FROM minds. */
function isSameName(stage: Stage, name: string): boolean {
  return stage.name === name.toLowerCase();
}

function unrenamed(
  { stage, reference, target }: VariableReference,
  renamed: Stage,
  escapeCharacter: EscapeCharacter,
): readonly UnrenamedReference[] {
  if (target === renamed.index) return [{ reference, means: "default" }];
  // FROM knows only the stages above.
  const isBelow = renamed.name !== undefined && stage.index > renamed.index;
  return isBelow && mayBecome(reference, renamed.name, escapeCharacter)
    ? [{ reference, means: "argument" }]
    : [];
}

function nameStage(text: string, { from }: Stage, name: string): TextEdit {
  if (from.stageName !== undefined) return replaceWord(text, from.stageName, name);
  const at = from.image.span.end;
  return { span: { start: at, end: at }, text: ` AS ${name}` };
}

interface NewName {
  readonly stage: Stage;
  readonly name: string;
  readonly variables: readonly VariableReference[];
}

function checkName({ stages }: ParsedDockerfile, { stage, name, variables }: NewName): void {
  const lower = name.toLowerCase();
  if (!/^[a-z][a-z0-9-_.]*$/.test(lower))
    throw new RangeError(`${JSON.stringify(name)} is no name for a stage`);
  if (stage.name === lower) return;
  const other = stages.stages.find((candidate) => candidate.name === lower);
  if (other !== undefined)
    throw new RangeError(`stage ${String(other.index)} has the name ${JSON.stringify(lower)}`);
  const user =
    allDependencies(stages, stageGraph(stages)).find(
      ({ reference }) => reference.text.toLowerCase() === lower,
    ) ?? variables.find(({ value }) => value === lower);
  if (user === undefined) return;
  const { line } = user.reference.span.start;
  throw new RangeError(`line ${String(line)} uses ${JSON.stringify(lower)} as the name of an image`);
}

function findReferences({ stages }: ParsedDockerfile, stage: Stage): readonly StageDependency[] {
  const name = stage.name ?? "";
  return allDependencies(stages, stageGraph(stages))
    .filter((dependency) => dependency.kind === "stage" && dependency.index === stage.index)
    .filter(({ reference }) => reference.text.toLowerCase() === name);
}

/** The name may be written with quotes around parts of it (`--from=b"uil"d`); they stay and hold nothing, unless they
 * hold all of it. */
function replaceWord(text: string, { span }: Word, name: string): TextEdit {
  const source = text.slice(span.start.offset, span.end.offset);
  const quotes = source.replace(/[^'"]/g, "");
  const isQuoted =
    quotes.length === 2 && source.startsWith(quotes.charAt(0)) && source.endsWith(quotes.charAt(1));
  return { span, text: isQuoted ? quotes.charAt(0) + name + quotes.charAt(1) : name + quotes };
}
