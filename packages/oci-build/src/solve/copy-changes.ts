import { parseChmod } from "@oci-build/dockerfile";
import { compilePatterns, type Snapshot } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import type { CopySource } from "../copy/copy-request.js";
import { resolveOwner } from "../copy/owner.js";
import { selectCopy } from "../copy/select-copy.js";
import type { CopyOrigin, CopyStep } from "../plan/step.js";
import type { SolveContext } from "./solve-context.js";
import { StageRoot } from "./stage-root.js";

/** What selecting files needs beside the step. */
export interface CopyContext extends OriginContext {
  readonly context: OriginContext["context"] & Pick<SolveContext, "scratch" | "signal">;
}

/** What a COPY or ADD changes on the tree below it. `--link` looks at nothing of that tree but its account files. */
export async function copyChanges(step: CopyStep, parent: Snapshot, input: CopyContext): Promise<ChangeSet> {
  const chmod = step.chmod === undefined ? undefined : parseChmod(step.chmod);
  if (chmod !== undefined && !chmod.ok) throw new TypeError("planning lets no wrong --chmod pass");
  const { context } = input;
  const request = {
    step,
    source: await originSource(step.origin, input),
    owner: step.chown === undefined ? undefined : await resolveOwner(step.chown, parent),
    chmod,
    exclude: step.exclude.length === 0 ? undefined : compilePatterns(step.exclude),
    signal: context.signal,
    scratch: context.scratch,
  };
  const below = step.base === "parent" ? parent : StageRoot.empty(context.layerFiles).snapshot();
  return selectCopy(request, below);
}

/** What reading the trees that a step names needs; `stage` gives the tree of another stage. */
export interface OriginContext {
  readonly context: Pick<SolveContext, "context" | "imageRoots" | "layerFiles" | "named">;
  readonly stage: (index: number) => Promise<{ readonly root: StageRoot }>;
}

/** The tree that a step copies from, or mounts. */
export async function originSource(
  origin: CopyOrigin,
  { context, stage }: OriginContext,
): Promise<CopySource> {
  switch (origin.kind) {
    case "context":
      return context.context();
    case "named":
      return context.named(origin.name);
    case "image":
      return stageSource(context.imageRoots.of(origin.image, "copy"));
    case "nothing":
      return stageSource(StageRoot.empty(context.layerFiles));
    case "stage":
      return stageSource((await stage(origin.stageIndex)).root);
  }
}

async function stageSource(root: StageRoot): Promise<CopySource> {
  await root.ready();
  return { kind: "stage", snapshot: root.snapshot() };
}
