import { parseChmod } from "@oci-build/dockerfile";
import { compilePatterns, type Snapshot } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import type { CopySource } from "../copy/copy-request.js";
import { resolveOwner } from "../copy/owner.js";
import { selectCopy } from "../copy/select-copy.js";
import type { CopyStep } from "../plan/step.js";
import type { StepInput } from "./solve-step.js";
import { StageRoot } from "./stage-root.js";

/** What a COPY or ADD changes on the tree below it. `--link` looks at nothing of that tree but its account files. */
export async function copyChanges(step: CopyStep, parent: Snapshot, input: StepInput): Promise<ChangeSet> {
  const chmod = step.chmod === undefined ? undefined : parseChmod(step.chmod);
  if (chmod !== undefined && !chmod.ok) throw new TypeError("planning lets no wrong --chmod pass");
  const { context } = input;
  const request = {
    step,
    source: await sourceOf(step, input),
    owner: step.chown === undefined ? undefined : await resolveOwner(step.chown, parent),
    chmod,
    exclude: step.exclude.length === 0 ? undefined : compilePatterns(step.exclude),
    signal: context.signal,
    scratch: context.scratch,
  };
  const below = step.base === "parent" ? parent : StageRoot.empty(context.layerFiles).snapshot();
  return selectCopy(request, below);
}

async function sourceOf({ origin }: CopyStep, { solved, context }: StepInput): Promise<CopySource> {
  switch (origin.kind) {
    case "context":
      return context.context();
    case "named":
      return context.named(origin.name);
    case "image":
      return stageSource(context.imageRoots.of(origin.image));
    case "nothing":
      return stageSource(StageRoot.empty(context.layerFiles));
    case "stage": {
      const stage = solved.get(origin.stageIndex);
      if (stage === undefined) throw new TypeError(`stage ${origin.stageIndex} was not built`);
      return stageSource(stage.root);
    }
  }
}

async function stageSource(root: StageRoot): Promise<CopySource> {
  await root.ready();
  return { kind: "stage", snapshot: root.snapshot() };
}
