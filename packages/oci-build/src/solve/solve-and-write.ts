import type { StepRecord } from "@oci-build/cache";
import type { Snapshot } from "@oci-build/snapshot";
import { imageLayers } from "../base/image-layers.js";
import type { RunContext } from "../build-session.js";
import { makeImage } from "../image/make-image.js";
import type { BuildResult } from "../options/build-result.js";
import type { Draft } from "../output/draft.js";
import { startDraft } from "../output/start-draft.js";
import { type ResultContext, writeResult } from "../output/write-result.js";
import type { PreparedBuild } from "../prepare-build.js";
import type { SolveContext } from "./solve-context.js";
import { solvePlan } from "./solve-plan.js";

interface Solving extends RunContext, Pick<ResultContext, "loaders" | "registries"> {
  readonly solveContext: SolveContext;
}

/** A result, and what remembers an image that has no steps. */
export interface Solved {
  readonly result: Omit<BuildResult, "steps">;
  readonly imageRecord: StepRecord | undefined;
}

/** Makes the image of a plan, and its outputs. */
export async function solveAndWrite(
  prepared: PreparedBuild,
  { solveContext, ...solving }: Solving,
): Promise<Solved> {
  const { cache } = solveContext;
  const draft = await startDraft({ options: prepared.options, cache });
  try {
    // The layer is begun while the file is removed; how that ends is told below.
    const willWrite = (): void => void draft?.discard().catch(() => undefined);
    const context = { ...solveContext, willWrite };
    return await solveInto(draft, prepared, { ...solving, solveContext: context });
  } finally {
    await draft?.discard();
  }
}

async function solveInto(
  draft: Draft | undefined,
  { options, plan }: PreparedBuild,
  { solveContext, ...solving }: Solving,
): Promise<Solved> {
  const target = await solvePlan(plan, solveContext);
  const { image, record } = await makeImage(target, { ...solveContext, annotations: options.annotations });
  const { names } = options;
  const { cache, baseLayers } = solveContext;
  const layers = imageLayers(cache.blobs, target.image, baseLayers.blobs);
  const files = async (): Promise<Snapshot> => {
    await target.root.ready();
    return target.root.snapshot();
  };
  const outputs = await writeResult({ image, layers, files }, { ...solving, options, cache, draft });
  const { descriptor } = image.manifest;
  const result = {
    digest: descriptor.digest,
    configDigest: image.config.descriptor.digest,
    descriptor,
    platform: target.plan.platform,
    names,
    outputs,
  };
  return { result, imageRecord: record };
}
