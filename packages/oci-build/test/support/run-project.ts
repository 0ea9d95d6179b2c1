import type { Volume } from "memfs";
import { buildWith } from "../../src/build.js";
import type { BuildEvent } from "../../src/events/build-event.js";
import { type EvaluatedBuild, evaluate } from "../../src/explain/evaluate.js";
import type { BuildOptions } from "../../src/options/build-options.js";
import type { BuildResult } from "../../src/options/build-result.js";
import {
  type FakeExecutorOptions,
  type FakeExecutors,
  type FakeShell,
  fakeExecutors,
} from "./fake-executor.js";
import { memoryProject } from "./memory-project.js";

/** One build of a project with RUN: what came of it, and what was told and asked on the way. */
interface RunBuild extends FakeExecutors {
  readonly result: BuildResult;
  readonly events: readonly BuildEvent[];
  /** The status of each step. */
  readonly statuses: readonly string[];
}

/** How a build goes: `shell` plays its commands. */
export interface RunBuildOptions extends BuildOptions, FakeExecutorOptions {
  readonly shell?: FakeShell | undefined;
}

/** A project in memory whose commands are played. */
export interface RunProject {
  readonly volume: Volume;
  readonly cacheDir: string;
  readonly build: (dockerfile: readonly string[], options?: RunBuildOptions) => Promise<RunBuild>;
  readonly evaluate: (dockerfile: readonly string[], options?: RunBuildOptions) => Promise<EvaluatedBuild>;
}

/** A project of some files, by path, for the test that is running. By default a command writes its own text to
 * `/out`. */
export function runProject(files: Readonly<Record<string, string>> = {}): RunProject {
  const { volume, cacheDir, optionsOf } = memoryProject(files);
  return {
    volume,
    cacheDir,
    async build(lines, { shell = writesItself, fidelity, beforeStart, ...options } = {}) {
      const executors = fakeExecutors(shell, { fidelity, beforeStart });
      const events: BuildEvent[] = [];
      const onEvent = (event: BuildEvent): void => {
        events.push(event);
        options.onEvent?.(event);
      };
      const result = await buildWith({ ...optionsOf(lines, options), onEvent }, executors);
      const statuses = result.steps.map(({ status }) => status);
      return { ...executors, result, events, statuses };
    },
    evaluate(lines, { shell = writesItself, fidelity, ...options } = {}) {
      const executors = fakeExecutors(shell, { fidelity });
      return evaluate(optionsOf(lines, options), "last reasons", executors);
    },
  };
}

function writesItself(command: string) {
  return { files: { out: command } };
}
