import type { Word } from "../instructions/instruction.js";
import type { ParsedDockerfile } from "../parse-dockerfile.js";
import { allDependencies } from "../stages/all-dependencies.js";
import { findStage } from "../stages/find-stage.js";
import type { Stage } from "../stages/stage.js";
import { type StageDependency, stageGraph } from "../stages/stage-graph.js";
import { print } from "../tree/print.js";
import type { TextEdit } from "./text-edit.js";

/** Renames a stage and all that refers to it: FROM, COPY --from and RUN --mount with from. References by index stay,
 * those made of variables (`FROM $BASE`) are not known and stay, too. `stage` is its name, letter case aside, or its
 * index; a stage without name gets one.
 * @throws RangeError when there is no such stage, the name is not valid, or something else has or uses it */
export function renameStage(
  parsed: ParsedDockerfile,
  stage: string | number,
  name: string,
): readonly TextEdit[] {
  const found = findStage(parsed.stages, stage);
  if (found === undefined) throw new RangeError(`there is no stage ${JSON.stringify(stage)} to rename`);
  checkName(parsed, found, name);
  const text = print(parsed.ast);
  const references = findReferences(parsed, found).map(({ reference, via }) =>
    // FROM compares with the name in lower case, the others do not mind.
    replaceWord(text, reference, via === "from" ? name.toLowerCase() : name),
  );
  return [nameStage(text, found, name), ...references];
}

function nameStage(text: string, { from }: Stage, name: string): TextEdit {
  if (from.stageName !== undefined) return replaceWord(text, from.stageName, name);
  const at = from.image.span.end;
  return { span: { start: at, end: at }, text: ` AS ${name}` };
}

function checkName({ stages }: ParsedDockerfile, stage: Stage, name: string): void {
  const lower = name.toLowerCase();
  if (!/^[a-z][a-z0-9-_.]*$/.test(lower))
    throw new RangeError(`${JSON.stringify(name)} is no name for a stage`);
  if (stage.name === lower) return;
  const other = stages.stages.find((candidate) => candidate.name === lower);
  if (other !== undefined)
    throw new RangeError(`stage ${String(other.index)} has the name ${JSON.stringify(lower)}`);
  const user = allDependencies(stages, stageGraph(stages)).find(
    ({ reference }) => reference.text.toLowerCase() === lower,
  );
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

/** The name may be written with quotes around parts of it (`--from=b"uil"d`); they stay and hold nothing. */
function replaceWord(text: string, { span }: Word, name: string): TextEdit {
  const quotes = text.slice(span.start.offset, span.end.offset).replace(/[^'"]/g, "");
  return { span, text: name + quotes };
}
