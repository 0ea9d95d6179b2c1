import type { CopyInstruction, Instruction, Word } from "../instructions/instruction.js";
import type { DockerfileStages, Stage } from "./stage.js";

/** Something that a stage needs. `from` is its base, `copy` a COPY --from, `mount` a RUN --mount with from. */
export type StageDependency = {
  readonly via: "from" | "copy" | "mount";
  readonly reference: Word;
} & (
  | { readonly kind: "stage"; readonly index: number }
  /** An image, or a named context, which only the caller knows. */
  | { readonly kind: "image" }
  /** A COPY --from with the index of no stage. */
  | { readonly kind: "missing" }
);

/** How references are resolved. */
export interface DependencyOptions {
  /** The name behind FROM once variables are expanded; as written by default. */
  readonly baseName?: ((stage: Stage) => string) | undefined;
}

/** What the stage at an index needs, in order of the text. FROM knows only stages above it, by their names in lower
 * case; COPY --from any stage by index or name, also below; RUN --mount any by name. What names no stage is an
 * image. */
export function stageDependencies(
  stages: DockerfileStages,
  index: number,
  options: DependencyOptions = {},
): readonly StageDependency[] {
  return dependencyReader(stages, options)(index);
}

/** Gives the dependencies of any stage by index; looks the names up once for all. */
export function dependencyReader(
  { stages }: DockerfileStages,
  options: DependencyOptions = {},
): (index: number) => readonly StageDependency[] {
  const names = indexNames(stages);
  const find = (name: string) => names.get(name.toLowerCase())?.at(-1);
  return (index) => {
    const stage = stages[index];
    if (stage === undefined) return [];
    const base = options.baseName?.(stage) ?? stage.from.image.text;
    const dependencies = [toDependency("from", stage.from.image, lastBelow(names.get(base), index))];
    for (const instruction of stage.instructions) {
      for (const dependency of dependenciesOf(instruction, stages, find)) dependencies.push(dependency);
    }
    return dependencies;
  };
}

type FindStage = (name: string) => number | undefined;

function indexNames(stages: readonly Stage[]): ReadonlyMap<string, readonly number[]> {
  const names = new Map<string, number[]>();
  for (const { name, index } of stages) {
    if (name === undefined) continue;
    const indexes = names.get(name);
    if (indexes === undefined) names.set(name, [index]);
    else indexes.push(index);
  }
  return names;
}

/** The last of some ascending numbers that is less than a limit. */
function lastBelow(numbers: readonly number[] | undefined, limit: number): number | undefined {
  let low = 0;
  let high = numbers?.length ?? 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers?.[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return numbers?.[low - 1];
}

function dependenciesOf(
  instruction: Instruction,
  stages: readonly Stage[],
  find: FindStage,
): readonly StageDependency[] {
  if (instruction.kind === "copy") return copyDependencies(instruction, stages, find);
  return instruction.kind === "run" ? mountDependencies(instruction, find) : [];
}

function mountDependencies(
  { mountSpecs }: Extract<Instruction, { kind: "run" }>,
  find: FindStage,
): readonly StageDependency[] {
  return mountSpecs.flatMap(({ options }) => {
    const from = options.findLast(({ key }) => key.text.toLowerCase() === "from")?.value;
    return from === undefined || from.text === "" ? [] : [toDependency("mount", from, find(from.text))];
  });
}

function copyDependencies(
  { from }: CopyInstruction,
  stages: readonly Stage[],
  find: FindStage,
): readonly StageDependency[] {
  if (from === undefined) return [];
  if (!/^[+-]?\d+$/.test(from.text)) return [toDependency("copy", from, find(from.text))];
  const index = Number(from.text);
  if (stages[index] === undefined) return [{ kind: "missing", via: "copy", reference: from }];
  return [toDependency("copy", from, index)];
}

function toDependency(
  via: StageDependency["via"],
  reference: Word,
  index: number | undefined,
): StageDependency {
  return index === undefined ? { kind: "image", via, reference } : { kind: "stage", index, via, reference };
}
