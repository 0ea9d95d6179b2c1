import type { Volume } from "memfs";
import { build } from "../../src/build.js";
import { type BuildExplanation, type BuildForecast, explain, plan } from "../../src/explain/build-report.js";
import { describeReasons } from "../../src/explain/describe-reasons.js";
import type { StepExplanation } from "../../src/explain/step-explanation.js";
import type { BuildOptions } from "../../src/options/build-options.js";
import type { BuildResult } from "../../src/options/build-result.js";
import { memoryProject } from "./memory-project.js";

/** A project in memory with a cache of its own. */
export interface ExplainedProject {
  /** Its context is `/ctx`; files are 0644 and directories 0755. */
  readonly volume: Volume;
  readonly cacheDir: string;
  readonly build: (dockerfile: readonly string[], options?: BuildOptions) => Promise<BuildResult>;
  readonly explain: (dockerfile: readonly string[], options?: BuildOptions) => Promise<BuildExplanation>;
  readonly plan: (dockerfile: readonly string[], options?: BuildOptions) => Promise<BuildForecast>;
}

/** A project of some files, by path, for the test that is running. */
export function project(files: Readonly<Record<string, string>>): ExplainedProject {
  const { volume, cacheDir, optionsOf } = memoryProject(files);
  const explained = (lines: readonly string[], options: BuildOptions): BuildOptions =>
    optionsOf(lines, { explain: true, ...options });
  return {
    volume,
    cacheDir,
    build: (lines, options = {}) => build(explained(lines, options)),
    explain: (lines, options = {}) => explain(explained(lines, options)),
    plan: (lines, options = {}) => plan(explained(lines, options)),
  };
}

/** The explanations of a build's steps. */
export function explanationsOf({ steps }: BuildResult): readonly StepExplanation[] {
  return steps.flatMap(({ explanation }) => explanation ?? []);
}

/** What is said of each step that misses: the instruction, a colon and a reason; details are indented. */
export function told(
  steps: readonly Pick<StepExplanation, "instruction" | "destination" | "reasons">[],
): readonly string[] {
  return steps.flatMap((step) =>
    describeReasons(step).flatMap(({ headline, details }) => [
      `${step.instruction}: ${headline}`,
      ...details.map((line) => `  ${line}`),
    ]),
  );
}
