import type { BuildLog } from "@oci-build/cache";
import type { Digest } from "@oci-build/oci";
import type { BuildPlan } from "../plan/step.js";
import { loggedBase } from "./logged-base.js";
import { stageLabel } from "./planned-steps.js";

/** What became of the base image of a stage since the last build. `files` says whether its layers hold other files:
 * only then steps may miss for it. JSON-safe. */
export interface BaseExplanation {
  /** The stage's name, or `stage-` and its index when it has none. */
  readonly stage: string;
  /** In full, as it was found, without a digest. */
  readonly name: string;
  /** Of the index or manifest that the name stands for. */
  readonly digest: Digest;
  readonly verdict: "new" | "same" | "changed";
  readonly before: { readonly name: string; readonly digest: Digest } | undefined;
  readonly files: "same" | "changed" | "unknown";
}

/** Compares the base images of a plan with those of the project's last build. */
export function explainBases({ stages }: BuildPlan, last: BuildLog | undefined): readonly BaseExplanation[] {
  return stages.flatMap((planned): readonly BaseExplanation[] => {
    if (planned.base.kind !== "image") return [];
    const { reference: name, digest, layers } = planned.base.from.image;
    const stage = stageLabel(planned);
    const before = loggedBase(last?.steps ?? [], stage);
    const told = { stage, name, digest };
    if (before === undefined) return [{ ...told, verdict: "new", before: undefined, files: "unknown" }];
    const isSame = before.name === name && before.digest === digest;
    const hasSameFiles = layers.map(({ diffId }) => diffId).join() === before.diffIds.join();
    return [
      {
        ...told,
        verdict: isSame ? "same" : "changed",
        before: { name: before.name, digest: before.digest },
        files: hasSameFiles ? "same" : "changed",
      },
    ];
  });
}
