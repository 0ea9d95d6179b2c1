import type { Span } from "@oci-build/dockerfile";
import { PlanError } from "./plan-error.js";
import type { PlannedMount } from "./run-step.js";
import type { CopyOrigin, StagePlan, Step } from "./step.js";

/** Stages so that each comes behind those that it needs, else as they were: a mount may name a stage that stands later in
 * the file.
 * @throws PlanError DOCKERFILE_STAGE_CYCLE */
export function orderStages(stages: readonly StagePlan[]): readonly StagePlan[] {
  const byIndex = new Map(stages.map((stage) => [stage.index, stage]));
  const ordered = new Set<StagePlan>();
  const open = new Set<StagePlan>();
  const visit = (stage: StagePlan): void => {
    open.add(stage);
    for (const { index, span } of needsOf(stage)) {
      const needed = byIndex.get(index);
      if (needed === undefined || ordered.has(needed)) continue;
      if (open.has(needed)) throw cycle(span);
      visit(needed);
    }
    open.delete(stage);
    ordered.add(stage);
  };
  for (const stage of stages) if (!ordered.has(stage)) visit(stage);
  return [...ordered];
}

/** The trees of other stages that a step looks into. */
export function stepOrigins(step: Step): readonly CopyOrigin[] {
  if (step.kind === "copy") return [step.origin];
  if (step.kind === "workdir") return [];
  return step.mounts.flatMap((mount) => mountOrigin(mount) ?? []);
}

/** The tree that a mount shows or begins with, where it is not its own. */
export function mountOrigin(mount: PlannedMount): CopyOrigin | undefined {
  if (mount.type === "bind") return mount.origin;
  return mount.type === "cache" ? mount.base?.origin : undefined;
}

interface Need {
  readonly index: number;
  /** Undefined for FROM, which only stages further above can be in. */
  readonly span: Span | undefined;
}

function needsOf({ base, steps }: StagePlan): readonly Need[] {
  const below: readonly Need[] = base.kind === "stage" ? [{ index: base.index, span: undefined }] : [];
  const others = steps.flatMap((step) =>
    stepOrigins(step).flatMap((origin): readonly Need[] =>
      origin.kind === "stage" ? [{ index: origin.stageIndex, span: step.span }] : [],
    ),
  );
  return [...below, ...others];
}

function cycle(span: Span | undefined): Error {
  if (span === undefined) return new TypeError("FROM names stages above alone");
  return new PlanError("DOCKERFILE_STAGE_CYCLE", span, "the stage depends on itself through what it mounts");
}
