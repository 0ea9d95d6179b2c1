import type { CopyInstruction, Instruction, Word } from "../instructions/instruction.js";
import { findStage } from "./find-stage.js";
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

/** What the stage at an index needs, in order of the text. FROM knows only stages above it, and their names in lower
 * case; COPY --from any stage by index or name, also below; RUN --mount any by name. What names no stage is an image. */
export function stageDependencies(
  stages: DockerfileStages,
  index: number,
  options: DependencyOptions = {},
): readonly StageDependency[] {
  const stage = stages.stages[index];
  if (stage === undefined) return [];
  const base = options.baseName?.(stage) ?? stage.from.image.text;
  const earlier = stages.stages.slice(0, index).findLast(({ name }) => name !== undefined && name === base);
  return [
    toDependency("from", stage.from.image, earlier),
    ...stage.instructions.flatMap((instruction) => instructionDependencies(stages, instruction)),
  ];
}

function instructionDependencies(
  stages: DockerfileStages,
  instruction: Instruction,
): readonly StageDependency[] {
  if (instruction.kind === "copy") return copyDependencies(stages, instruction);
  if (instruction.kind !== "run") return [];
  return instruction.mountSpecs.flatMap(({ options }) => {
    const from = options.findLast(({ key }) => key.text.toLowerCase() === "from")?.value;
    return from === undefined || from.text === ""
      ? []
      : [toDependency("mount", from, findStage(stages, from.text))];
  });
}

function copyDependencies(stages: DockerfileStages, { from }: CopyInstruction): readonly StageDependency[] {
  if (from === undefined) return [];
  if (!/^[+-]?\d+$/.test(from.text)) return [toDependency("copy", from, findStage(stages, from.text))];
  const stage = findStage(stages, Number(from.text));
  if (stage === undefined) return [{ kind: "missing", via: "copy", reference: from }];
  return [toDependency("copy", from, stage)];
}

function toDependency(
  via: StageDependency["via"],
  reference: Word,
  stage: Stage | undefined,
): StageDependency {
  return stage === undefined
    ? { kind: "image", via, reference }
    : { kind: "stage", index: stage.index, via, reference };
}
