import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/support/build-folder.js";
import { findProgram, findPrograms, programEnv } from "../space/find-programs.js";
import { ownIdSpace } from "../space/open-id-space.js";
import { probeRuntime } from "./probe-runtime.js";

const isRoot = process.getuid?.() === 0;
const env = programEnv(process.env);

const probe = (program: string, signal?: AbortSignal): Promise<string | undefined> => {
  const { programs } = findPrograms(process.env);
  return probeRuntime(
    { name: "runc", program },
    { space: ownIdSpace().space, programs, env, dir: temporaryFolder(), signal },
  );
};

/** A program that stands in for a runtime. */
function scriptOf(lines: string): string {
  const file = path.join(temporaryFolder(), "runtime");
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe.skipIf(!isRoot)("probeRuntime (skipped: needs root)", () => {
  for (const name of ["crun", "runc"] as const) {
    const program = findProgram(name, process.env);
    it.skipIf(program === undefined)(`finds that ${name} works (skipped: not installed)`, async () => {
      const { programs } = findPrograms(process.env);
      const options = { space: ownIdSpace().space, programs, env, dir: temporaryFolder() };
      expect(await probeRuntime({ name, program: program ?? "" }, options)).toBeUndefined();
      // As where ~/.cache is on another disk.
      const link = path.join(temporaryFolder(), "link");
      symlinkSync(options.dir, link);
      const linked = { ...options, dir: link };
      expect(await probeRuntime({ name, program: program ?? "" }, linked)).toBeUndefined();
    });
  }

  it.each([
    ["says why in its last line", "echo warning >&2; echo 'no\tcgroup  ' >&2; exit 1", "no cgroup"],
    [
      "says where else to look, below it",
      "printf 'no cgroup\n   dmesg may know more\n' >&2; exit 32",
      "no cgroup",
    ],
    ["says nothing", "exit 3", "ended with status 3"],
    ["runs nothing and is content", "exit 0", "ended with status 0"],
    ["says too much", "head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1", "x".repeat(300)],
  ])("finds one broken that %s", async (_, lines, problem) => {
    expect(await probe(scriptOf(lines))).toBe(problem);
  });

  it("finds one broken that is not there any more", async () => {
    expect(await probe("/nowhere/runc")).toContain("/nowhere/runc");
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const pending = probe(scriptOf("sleep 60"), controller.signal);
    setTimeout(() => controller.abort(new Error("enough")), 100);
    await expect(pending).rejects.toThrow("enough");
  });
});
