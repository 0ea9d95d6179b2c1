import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Volume } from "memfs";
import { onTestFinished } from "vitest";
import { buildWith } from "../../src/build.js";
import type { BuildEvent } from "../../src/events/build-event.js";
import { type EvaluatedBuild, evaluate } from "../../src/explain/evaluate.js";
import type { BuildOptions, BuildResult } from "../../src/options/build-options.js";
import { type FakeExecutors, type FakeShell, fakeExecutors } from "./fake-executor.js";

/** One build of a project with RUN: what came of it, and what was told and asked on the way. */
interface RunBuild extends FakeExecutors {
  readonly result: BuildResult;
  readonly events: readonly BuildEvent[];
  /** The status of each step. */
  readonly statuses: readonly string[];
}

/** How a build goes: `shell` plays its commands. */
export interface RunBuildOptions extends BuildOptions {
  readonly shell?: FakeShell | undefined;
  readonly fidelity?: "full" | "single-id" | undefined;
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
  const cacheDir = mkdtempSync(path.join(os.tmpdir(), "oci-build-run-"));
  onTestFinished(() => rmSync(cacheDir, { recursive: true, force: true }));
  const volume = new Volume();
  volume.mkdirSync("/ctx", { mode: 0o755 });
  for (const [file, text] of Object.entries(files)) {
    volume.mkdirSync(path.posix.dirname(`/ctx/${file}`), { recursive: true, mode: 0o755 });
    volume.writeFileSync(`/ctx/${file}`, text, { mode: 0o644 });
  }
  const optionsOf = (lines: readonly string[], options: BuildOptions): BuildOptions => ({
    context: { fs: volume, root: "/ctx" },
    dockerfile: { text: `${lines.join("\n")}\n` },
    cacheDir,
    output: { type: "none" },
    env: {},
    ...options,
  });
  return {
    volume,
    cacheDir,
    async build(lines, { shell = writesItself, fidelity, ...options } = {}) {
      const executors = fakeExecutors(shell, fidelity === undefined ? {} : { fidelity });
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
      const executors = fakeExecutors(shell, fidelity === undefined ? {} : { fidelity });
      return evaluate(optionsOf(lines, options), "last reasons", executors);
    },
  };
}

function writesItself(command: string) {
  return { files: { out: command } };
}
