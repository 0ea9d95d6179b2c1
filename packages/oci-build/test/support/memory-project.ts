import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Volume } from "memfs";
import { onTestFinished } from "vitest";
import type { BuildOptions } from "../../src/options/build-options.js";

/** A context in memory and a cache of its own, for the test that is running. */
export interface MemoryProject {
  /** Its context is `/ctx`; files are 0644 and directories 0755. */
  readonly volume: Volume;
  readonly cacheDir: string;
  /** The options of a build of these lines, whose image goes nowhere, with those that are given over them. */
  readonly optionsOf: (dockerfile: readonly string[], options: BuildOptions) => BuildOptions;
}

/** A project of some files, by path. */
export function memoryProject(files: Readonly<Record<string, string>>): MemoryProject {
  const cacheDir = mkdtempSync(path.join(os.tmpdir(), "oci-build-project-"));
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
  return { volume, cacheDir, optionsOf };
}
