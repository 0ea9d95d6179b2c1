import { addToList } from "../add-to-list.js";
import type { Instruction, OnBuildInstruction, RunInstruction, Word } from "../instructions/instruction.js";
import type { DockerfileStages, Stage } from "./stage.js";

/** Something that a stage needs. `from` is its base, `copy` a COPY --from, `mount` a RUN --mount with from. */
export type StageDependency = {
  readonly via: "from" | "copy" | "mount";
  readonly reference: Word;
  /** `trigger`: the base's ONBUILD says so, and there the reference stands. */
  readonly origin: "own" | "trigger";
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

/** What stages need of each other. Stages on one base share what its triggers need, so that many triggers for many
 * stages do not multiply. */
export interface StageGraph {
  /** The index of the stage that the one at an index builds on; undefined for an image. */
  readonly parent: (index: number) => number | undefined;
  /** What the FROM of the stage at an index needs. */
  readonly base: (index: number) => StageDependency | undefined;
  /** What the instructions of the stage at an index need, in order. */
  readonly own: (index: number) => readonly StageDependency[];
  /** What the ONBUILD triggers of the stage at an index need in every stage that builds on it, in order. */
  readonly triggers: (index: number) => readonly StageDependency[];
}

/** Looks up the names of all stages once. FROM knows only stages above it, by their names in lower case; COPY --from
 * any stage by index or name, also below; RUN --mount any by name. What names no stage is an image. */
export function stageGraph({ stages }: DockerfileStages, options: DependencyOptions = {}): StageGraph {
  const names = indexNames(stages);
  const nameOf = options.baseName ?? (({ from }) => from.image.text);
  const parents = stages.map((stage) => lastBelow(names.get(nameOf(stage)), stage.index));
  const resolver: Resolver = { stages, find: (name) => names.get(name.toLowerCase())?.at(-1) };
  return {
    parent: (index) => parents[index],
    base: (index) => {
      const from = stages[index]?.from;
      return from && toDependency({ via: "from", reference: from.image, origin: "own" }, parents[index]);
    },
    own: (index) => needsOf(stages[index]?.instructions ?? [], resolver, "own"),
    triggers: (index) => needsOf(stageTriggers(stages[index]), resolver, "trigger"),
  };
}

/** What the ONBUILD of a stage run in those that build on it, in order, as far as it is valid. They run there before
 * all else, and not again in stages that build on those.
 * @see https://docs.docker.com/reference/dockerfile/#onbuild */
export function stageTriggers(
  stage: Stage | undefined,
): readonly NonNullable<OnBuildInstruction["instruction"]>[] {
  return (stage?.instructions ?? []).flatMap((instruction) =>
    instruction.kind === "onbuild" ? (instruction.instruction ?? []) : [],
  );
}

function indexNames(stages: readonly Stage[]): ReadonlyMap<string, readonly number[]> {
  const names = new Map<string, number[]>();
  for (const { name, index } of stages) if (name !== undefined) addToList(names, name, index);
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

interface Resolver {
  readonly stages: readonly Stage[];
  /** The index of the last stage of a name, letter case aside. */
  readonly find: (name: string) => number | undefined;
}

function needsOf(
  instructions: readonly Instruction[],
  resolver: Resolver,
  origin: StageDependency["origin"],
): readonly StageDependency[] {
  const needs: StageDependency[] = [];
  for (const instruction of instructions) {
    if (instruction.kind === "copy" && instruction.from !== undefined)
      needs.push(copyDependency(instruction.from, resolver, origin));
    if (instruction.kind === "run" && instruction.mountSpecs.length > 0)
      for (const reference of mountSources(instruction))
        needs.push(toDependency({ via: "mount", reference, origin }, resolver.find(reference.text)));
  }
  return needs;
}

function mountSources({ mountSpecs }: RunInstruction): readonly Word[] {
  return mountSpecs.flatMap(({ options }) => {
    const from = options.findLast(({ key }) => key.text.toLowerCase() === "from")?.value;
    return from === undefined || from.text === "" ? [] : [from];
  });
}

function copyDependency(
  reference: Word,
  { stages, find }: Resolver,
  origin: StageDependency["origin"],
): StageDependency {
  const need = { via: "copy", reference, origin } as const;
  if (!/^[+-]?\d+$/.test(reference.text)) return toDependency(need, find(reference.text));
  const index = Number(reference.text);
  return stages[index] === undefined ? { kind: "missing", ...need } : toDependency(need, index);
}

function toDependency(
  { via, reference, origin }: Pick<StageDependency, "via" | "reference" | "origin">,
  index: number | undefined,
): StageDependency {
  return index === undefined
    ? { kind: "image", via, reference, origin }
    : { kind: "stage", index, via, reference, origin };
}
