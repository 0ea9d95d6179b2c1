import {
  type Instruction,
  type OnBuildInstruction,
  reachableStages,
  type Stage,
  type Word,
} from "@oci-build/dockerfile";
import { imageKey } from "../base/image-resolver.js";
import { findContext, type NamedContexts } from "../base/named-context.js";
import { findTarget } from "./find-target.js";
import { onBuildInstructions } from "./on-build.js";
import { PlanError } from "./plan-error.js";
import type { PlanInput } from "./plan-input.js";
import { type BasedStage, resolveBases } from "./stage-base.js";
import { type StageNames, stageNames } from "./stage-names.js";
import type { CopyOrigin } from "./step.js";

/** A stage with what runs in it: `instructions` begin with what the base's ONBUILD adds. */
export interface ResolvedStage extends BasedStage {
  readonly instructions: readonly StageInstruction[];
}

/** `origin` tells ONBUILD triggers of the base from the stage's own instructions. */
export interface StageInstruction {
  readonly instruction: Exclude<Instruction, { kind: "from" }>;
  readonly origin: "own" | "trigger";
}

/** The stages of a file, as far as they are known without its images. `reachable` are the indexes of those that the
 * target needs, in order, the target included; the others have no instructions: a wrong trigger fails only a build that
 * runs it. */
export interface ResolvedFile {
  readonly stages: readonly ResolvedStage[];
  readonly reachable: readonly number[];
  readonly target: number;
  readonly contexts: NamedContexts;
}

/** Resolves what the stages of a file stand on and what runs in them. Triggers of images that are not known yet are
 * left out. `target` is the index of a stage, by default of the one that the build is for. */
export function resolveFile(
  input: PlanInput,
  globals: ReadonlyMap<string, string>,
  target: number = findTarget(input.dockerfile, input.target),
): ResolvedFile {
  const based = resolveBases(input, globals);
  const imageTriggers = based.map((stage) => triggersOfImage(stage, input));
  const reachable = reachableIndexes(based, imageTriggers, target);
  const needed = new Set(reachable);
  const stages = based.map(({ stage, base }): ResolvedStage => {
    if (!needed.has(stage.index)) return { stage, base, instructions: [] };
    const own = stage.instructions.map((instruction) => ({ instruction, origin: "own" }) as const);
    const parent = base.kind === "stage" ? based[base.index] : undefined;
    const triggers =
      parent === undefined ? (imageTriggers[stage.index] ?? []) : triggersOfStage(parent.stage);
    const instructions = triggers.flatMap((trigger) => onBuildInstructions(trigger, stage.from));
    const added = instructions.map((instruction) => ({ instruction, origin: "trigger" }) as const);
    return { stage, base, instructions: [...added, ...own] };
  });
  return { stages, reachable, target, contexts: input.contexts };
}

/** The stages that are known by name or index, and the contexts that are known by name. */
export interface CopyNames extends StageNames {
  readonly contexts: NamedContexts;
}

/** What `COPY --from` may name in a file. */
export function stageNamesOf({ stages, contexts }: ResolvedFile): CopyNames {
  return { ...stageNames(stages.map(({ stage }) => stage)), contexts };
}

/** What `COPY --from` names, before its image is known. */
export type NamedOrigin =
  | Exclude<CopyOrigin, { kind: "image" }>
  | { readonly kind: "image"; readonly name: string };

/** Where `COPY --from` takes files: a stage by name (in any case) or index, else a named context, else an image.
 * @throws PlanError when the stage stands later, or is the stage itself */
export function resolveCopyFrom(names: CopyNames, current: number, from: Word | undefined): NamedOrigin {
  if (from === undefined) return { kind: "context" };
  if (from.text.includes("$")) {
    throw new PlanError(
      "DOCKERFILE_VARIABLE_NOT_ALLOWED",
      from.span,
      "variables are not expanded in --from",
      "Name a stage with FROM, where variables are expanded, and copy from that stage.",
    );
  }
  const index = findStageIndex(names, from);
  if (index === undefined) return outsideOrigin(names.contexts, from.text);
  if (index < current) return { kind: "stage", stageIndex: index, name: from.text };
  const message =
    index === current
      ? `a stage cannot copy from itself: ${from.text}`
      : `stage ${from.text} stands later in the file`;
  throw new PlanError("DOCKERFILE_STAGE_ORDER", from.span, message, "Move that stage before this one.");
}

/** Where a mount of RUN takes files: as BuildKit has it, a stage by its name alone, wherever it stands, else a named
 * context, else an image.
 * @throws PlanError when it is the stage itself */
export function resolveMountFrom(names: CopyNames, current: number, from: Word | undefined): NamedOrigin {
  if (from === undefined || from.text === "") return { kind: "context" };
  const index = names.indexes.get(from.text.toLowerCase());
  if (index === undefined) return outsideOrigin(names.contexts, from.text);
  if (index !== current) return { kind: "stage", stageIndex: index, name: from.text };
  const message = `a stage cannot mount itself: ${from.text}`;
  throw new PlanError("DOCKERFILE_STAGE_CYCLE", from.span, message);
}

function outsideOrigin(contexts: NamedContexts, name: string): NamedOrigin {
  if (name === "scratch") return { kind: "nothing" };
  const context = findContext(contexts, name);
  if (context?.kind === "folder") return { kind: "named", name };
  return context?.kind === "scratch" ? { kind: "nothing" } : { kind: "image", name };
}

/** What an image runs in a stage that stands on it counts as the stage's own here. */
function reachableIndexes(
  based: readonly BasedStage[],
  imageTriggers: readonly (readonly string[])[],
  target: number,
): readonly number[] {
  const stages = based.map(({ stage }, index) => {
    const triggers = (imageTriggers[index] ?? []).flatMap((trigger) =>
      onBuildInstructions(trigger, stage.from),
    );
    return { ...stage, instructions: [...triggers, ...stage.instructions] };
  });
  const baseName = ({ index }: Stage) => baseNameOf(based, index);
  return reachableStages({ globalArgs: [], stages }, target, { baseName });
}

/** A name that leads to the stage's base and to no other. */
function baseNameOf(based: readonly BasedStage[], index: number): string {
  const base = based[index]?.base;
  return base?.kind === "stage" ? (based[base.index]?.stage.name ?? "") : "";
}

function triggersOfImage({ base }: BasedStage, { images }: PlanInput): readonly string[] {
  if (base.kind !== "image") return [];
  return images.get(imageKey(base.name, base.platform))?.config.config?.OnBuild ?? [];
}

function triggersOfStage({ instructions }: Stage): readonly string[] {
  return instructions
    .filter((instruction): instruction is OnBuildInstruction => instruction.kind === "onbuild")
    .map(({ trigger }) => trigger);
}

function findStageIndex(stages: StageNames, from: Word): number | undefined {
  if (/^[+-]?\d+$/.test(from.text)) {
    const index = Number(from.text);
    if (index >= 0 && index < stages.count) return index;
    throw new PlanError("DOCKERFILE_UNKNOWN_STAGE", from.span, `there is no stage ${from.text}`);
  }
  return stages.indexes.get(from.text.toLowerCase());
}
