import {
  type Instruction,
  type OnBuildInstruction,
  reachableStages,
  type Stage,
  type Word,
} from "@oci-build/dockerfile";
import { expandToText } from "./expand.js";
import { onBuildInstructions } from "./on-build.js";
import { PlanError } from "./plan-error.js";
import type { PlanInput } from "./plan-input.js";
import type { StageNames } from "./stage-names.js";
import type { CopyOrigin, StageBase } from "./step.js";

/** What FROM names: nothing, an earlier stage, or an image. */
type ResolvedBase = StageBase | { readonly kind: "image"; readonly name: string };

/** A stage whose base is known. */
interface BasedStage {
  readonly stage: Stage;
  readonly base: ResolvedBase;
}

/** A stage with what runs in it: `instructions` begin with what the base's ONBUILD adds. */
export interface ResolvedStage extends BasedStage {
  readonly instructions: readonly StageInstruction[];
}

/** `origin` tells ONBUILD triggers of the base from the stage's own instructions. */
export interface StageInstruction {
  readonly instruction: Exclude<Instruction, { kind: "from" }>;
  readonly origin: "own" | "trigger";
}

/** Resolves what every FROM names. A name is a stage only if that stage stands earlier, and only in lower case:
 * `FROM Name` is an image, as in BuildKit. */
export function resolveBases(input: PlanInput, globals: ReadonlyMap<string, string>): readonly BasedStage[] {
  const byName = new Map<string, number>();
  return input.dockerfile.stages.map((stage) => {
    const base = resolveBase(stage, { env: globals, input }, byName);
    if (stage.name !== undefined) byName.set(stage.name.toLowerCase(), stage.index);
    return { stage, base };
  });
}

/** All stages by index, those that the target does not need without instructions: a wrong trigger fails only a build
 * that runs it. */
export function resolveInstructions(
  stages: readonly BasedStage[],
  reachable: readonly number[],
): readonly ResolvedStage[] {
  const needed = new Set(reachable);
  return stages.map(({ stage, base }) => {
    if (!needed.has(stage.index)) return { stage, base, instructions: [] };
    const own = stage.instructions.map((instruction) => ({ instruction, origin: "own" }) as const);
    const parent = base.kind === "stage" ? stages[base.index] : undefined;
    const triggers = parent === undefined ? [] : triggersOf(parent, stage);
    return { stage, base, instructions: [...triggers, ...own] };
  });
}

/** Where `COPY --from` takes files: a stage by name (in any case) or index, else an image.
 * @throws PlanError when the stage stands later, or is the stage itself */
export function resolveCopyFrom(
  stages: StageNames,
  current: number,
  from: Word | undefined,
): CopyOrigin | { readonly kind: "image"; readonly name: string } {
  if (from === undefined) return { kind: "context" };
  if (from.text.includes("$")) {
    throw new PlanError(
      "DOCKERFILE_VARIABLE_NOT_ALLOWED",
      from.span,
      "variables are not expanded in --from",
      "Name a stage with FROM, where variables are expanded, and copy from that stage.",
    );
  }
  const index = findStageIndex(stages, from);
  if (index === undefined) return { kind: "image", name: from.text };
  if (index < current) return { kind: "stage", stageIndex: index, name: from.text };
  const message =
    index === current
      ? `a stage cannot copy from itself: ${from.text}`
      : `stage ${from.text} stands later in the file`;
  throw new PlanError("DOCKERFILE_STAGE_ORDER", from.span, message, "Move that stage before this one.");
}

/** Indexes of the stages that the target needs, in order, the target included. */
export function reachableIndexes(resolved: readonly BasedStage[], target: number): readonly number[] {
  const stages = resolved.map(({ stage }) => stage);
  const baseName = ({ index }: Stage) => baseNameOf(resolved, index);
  return reachableStages({ globalArgs: [], stages }, target, { baseName });
}

function baseNameOf(resolved: readonly BasedStage[], index: number): string {
  const base = resolved[index]?.base;
  if (base?.kind === "stage") return resolved[base.index]?.stage.name ?? "";
  return base?.kind === "image" ? base.name : "scratch";
}

function resolveBase(
  stage: Stage,
  scope: { env: ReadonlyMap<string, string>; input: PlanInput },
  byName: ReadonlyMap<string, number>,
): ResolvedBase {
  const name = expandToText(scope, stage.from.image);
  if (name === "") {
    throw new PlanError("DOCKERFILE_EMPTY_WORD", stage.from.image.span, "the base image's name is empty");
  }
  const index = byName.get(name);
  if (index !== undefined) return { kind: "stage", index };
  return name === "scratch" ? { kind: "scratch" } : { kind: "image", name };
}

function triggersOf(base: BasedStage, stage: Stage): readonly StageInstruction[] {
  const triggers = base.stage.instructions.filter(
    (instruction): instruction is OnBuildInstruction => instruction.kind === "onbuild",
  );
  return triggers.flatMap(({ trigger }) =>
    onBuildInstructions(trigger, stage.from).map(
      (instruction) => ({ instruction, origin: "trigger" }) as const,
    ),
  );
}

function findStageIndex(stages: StageNames, from: Word): number | undefined {
  if (/^[+-]?\d+$/.test(from.text)) {
    const index = Number(from.text);
    if (index >= 0 && index < stages.count) return index;
    throw new PlanError("DOCKERFILE_UNKNOWN_STAGE", from.span, `there is no stage ${from.text}`);
  }
  return stages.indexes.get(from.text.toLowerCase());
}
