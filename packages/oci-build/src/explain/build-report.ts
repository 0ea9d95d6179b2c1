import type { BuildOptions } from "../options/build-options.js";
import { type EvaluatedBuild, evaluate } from "./evaluate.js";
import type { StepWork } from "./evaluate-step.js";
import { type BaseExplanation, explainBases } from "./explain-bases.js";
import type { MissReason, StepExplanation } from "./step-explanation.js";
import { readInputs } from "./step-inputs.js";

/** How a step went in the last build. `instruction` is the Dockerfile's text then. */
export interface LastStep {
  readonly id: string;
  readonly stage: string;
  readonly instruction: string;
  readonly destination: string | undefined;
  readonly status: "cached" | "executed" | "unknown";
  /** What was different from the build before it, for a step that was executed; as far as that is still known. */
  readonly reasons: readonly MissReason[];
}

/** The last build of the same context, Dockerfile, target and platform. `builtSec` is seconds since 1970. */
export interface LastBuild {
  readonly builtSec: number;
  /** Full names: `docker.io/library/app:1.0`. */
  readonly tags: readonly string[];
  readonly steps: readonly LastStep[];
}

/** What a build would take from the cache, and why not the rest. JSON-safe. */
export interface BuildExplanation {
  readonly context: string;
  readonly dockerfile: string;
  readonly platform: string;
  /** The base images of the stages that have one. */
  readonly bases: readonly BaseExplanation[];
  readonly steps: readonly StepExplanation[];
  /** Undefined when no earlier build is known. */
  readonly lastBuild: LastBuild | undefined;
}

/** A step of a forecast. Bytes are of files as they are. */
export interface ForecastStep extends StepExplanation, StepWork {}

/** What a build would do. Totals are over the steps. JSON-safe. */
export interface BuildForecast extends Omit<BuildExplanation, "steps"> {
  readonly steps: readonly ForecastStep[];
  readonly filesHashed: number;
  readonly bytesHashed: number;
  readonly compressBytesMax: number;
}

/** Says of each step of a build whether it would be taken from the cache, and why not, without building. Options are
 * those of `build`; where the image would go does not matter. Files are hashed to know their content, and
 * layers of base images are fetched where steps look into them; nothing is written but what was learned that way, and
 * what hits counts as used.
 * @throws OciBuildError as `build` does before it executes anything */
export async function explain(options: BuildOptions = {}): Promise<BuildExplanation> {
  const evaluated = await evaluate(options, "last reasons");
  return { ...headOf(evaluated), steps: evaluated.steps.map(({ explanation }) => explanation) };
}

/** Says as `explain` does what a build would take from the cache, and how much it would hash and compress.
 * @throws OciBuildError as `build` does before it executes anything */
export async function plan(options: BuildOptions = {}): Promise<BuildForecast> {
  const evaluated = await evaluate(options, "no reasons");
  const steps = evaluated.steps.map(({ explanation, ...work }) => ({ ...explanation, ...work }));
  const sum = (of: (step: ForecastStep) => number): number =>
    steps.reduce((total, step) => total + of(step), 0);
  return {
    ...headOf(evaluated),
    steps,
    filesHashed: sum((step) => step.filesHashed),
    bytesHashed: sum((step) => step.bytesHashed),
    compressBytesMax: sum((step) => step.compressBytesMax),
  };
}

function headOf(evaluated: EvaluatedBuild): Omit<BuildExplanation, "steps"> {
  const { project, plan: planned } = evaluated.prepared;
  const { context, dockerfile, platform } = project;
  const bases = explainBases(planned, evaluated.last);
  return { context, dockerfile, platform, bases, lastBuild: lastBuildOf(evaluated) };
}

function lastBuildOf({ last, lastReasons }: EvaluatedBuild): LastBuild | undefined {
  if (last === undefined) return undefined;
  const steps = last.steps.flatMap(({ id, stage = "", name, fields }): readonly LastStep[] => {
    const inputs = readInputs(fields);
    // The record of the image itself.
    if (inputs === undefined) return [];
    const status = fields.find((field) => field.name === "status")?.value;
    return [
      {
        id,
        stage,
        instruction: name,
        destination: inputs.facts?.find(([fact]) => fact === "destination")?.[1],
        status: status === "cached" || status === "executed" ? status : "unknown",
        reasons: lastReasons.get(id) ?? [],
      },
    ];
  });
  return { builtSec: last.builtSec, tags: last.tags, steps };
}
