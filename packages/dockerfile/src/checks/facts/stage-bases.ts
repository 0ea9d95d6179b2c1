import type { Stage } from "../../stages/stage.js";
import type { BaseImageFacts, CheckOptions } from "../check-options.js";
import type { GlobalVariables } from "./global-variables.js";
import type { PlacedInstruction } from "./placed-instruction.js";
import { stageRuns } from "./stage-runs.js";
import type { ExpandedValue, WordExpander } from "./word-expander.js";

/** What the FROM of a stage comes to. */
export interface StageBase {
  readonly stage: Stage;
  readonly image: ExpandedValue;
  readonly platform?: ExpandedValue | undefined;
  /** The index of the stage that it builds on; undefined for an image. */
  readonly parent?: number | undefined;
  /** What the caller knows of the image. */
  readonly facts?: BaseImageFacts | undefined;
  /** What runs in the stage, in order: the triggers of its base, then its own instructions. */
  readonly runs: readonly PlacedInstruction[];
  /** Whether the stage begins empty. */
  readonly kind: "stage" | "scratch" | "image";
}

export interface StageBaseSource {
  readonly stages: readonly Stage[];
  readonly options: CheckOptions;
  readonly expander: WordExpander;
  readonly globals: GlobalVariables;
}

/** The bases of all stages, by index. */
export function stageBases({ stages, options, expander, globals }: StageBaseSource): readonly StageBase[] {
  const names = new Map<string, number>();
  const runsOf = stageRuns();
  return stages.map((stage) => {
    const { from, name, index } = stage;
    const image = expander.expand(from.image, globals.values);
    const platform = from.platform === undefined ? undefined : expander.expand(from.platform, globals.values);
    const parent = names.get(image.value);
    if (name !== undefined) names.set(name, index);
    const kind = parent !== undefined ? "stage" : image.value === "scratch" ? "scratch" : "image";
    const facts = kind === "image" ? options.baseImage?.(image.value, stage) : undefined;
    const runs = runsOf(stage, parent === undefined ? undefined : stages[parent]);
    return { stage, image, platform, parent, facts, runs, kind };
  });
}
