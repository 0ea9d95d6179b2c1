import type { StepKey } from "@oci-build/cache";
import { contentDigest as digestOfContent } from "@oci-build/snapshot";
import type { StepInfo, StepOutcome } from "../events/build-event.js";
import type { RunStep } from "../plan/run-step.js";
import { executeRun } from "./execute-run.js";
import { lookUpRun, type RecordedRun } from "./recorded-run.js";
import { parentChain, runKey } from "./run-key.js";
import { type FoundMount, findMounts, type MountOrigins } from "./run-mounts.js";
import type { StepInput, StepResult } from "./solve-step.js";

/** Runs a command on the stage below it, or takes what it gave from the cache. */
export async function solveRun(step: RunStep, info: StepInfo, input: StepInput): Promise<StepResult> {
  const { context, below, rank } = input;
  await context.watcher.begins(step, below.root.snapshot());
  const { key, mounts } = await context.fileSlots.use(rank, () => keyOfRun(step, input));
  context.watcher.keyed(step.id, key);
  const { record, recorded } = await lookUpRun(key, context);
  await context.watcher.lookedUp?.(step.id, {
    kind: "run",
    key,
    record,
    found: recorded !== undefined ? "hit" : context.cacheUse === "write-only" ? "not-asked" : "miss",
  });
  if (recorded !== undefined) return resultOf(recorded, "cached");
  const made = await context.runSlots.use(rank, () => executeRun({ step, info, key, mounts }, input));
  return resultOf(made, "executed");
}

/** The key of a RUN, and what its mounts show. */
export async function keyOfRun(
  step: RunStep,
  input: Pick<StepInput, "below"> & MountOrigins,
): Promise<{ readonly key: StepKey; readonly mounts: readonly FoundMount[] }> {
  const { context, below } = input;
  const mounts = await findMounts(step, input);
  const key = runKey({
    step,
    parents: parentChain(below),
    contents: mounts.map(({ found }) => found?.content),
    options: context.run,
    fidelity: context.executors.fidelity,
  });
  return { key, mounts };
}

function resultOf(
  { createdSec, contentDigest, layer, work }: RecordedRun,
  status: StepOutcome["status"],
): StepResult {
  const outcome = {
    status,
    contentDigest: contentDigest ?? digestOfContent([]),
    layer: layer && { digest: layer.digest, diffId: layer.diffId, size: layer.size },
    entries: layer === undefined ? 0 : (layer.tree.rows?.count ?? layer.tree.entries.length),
    filesHashed: 0,
    bytesHashed: 0,
    ...work,
  };
  return { createdSec, contentDigest, layer, outcome };
}
