import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./support/build-folder.js";

const ci = join(import.meta.dirname, "../.ci/run");

/** What a stand-in for npm does, by the first words of its arguments. */
type NpmScript = Readonly<Record<string, string>>;

const report = (name: string, passed: number, failed: number): string =>
  `mkdir -p reports && echo '{"passed":${passed},"failed":${failed}}' > reports/${name}.json`;

const allGood: NpmScript = {
  test: report("tests", 40, 0),
  "run --silent examples": report("examples", 3, 0),
};

interface CiRun {
  readonly status: number | null;
  readonly lastLine: string;
}

/** Runs .ci/run in a folder of its own, where npm is a stand-in. */
function runCi(npm: NpmScript, env: Readonly<Record<string, string>> = {}): CiRun {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "bin"));
  cpSync(ci, join(folder, ".ci/run"));
  const cases = Object.entries(npm).map(([args, script]) => `"${args}") ${script} ;;`);
  writeFileSync(join(folder, "bin/npm"), `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\nesac\n`);
  chmodSync(join(folder, "bin/npm"), 0o755);
  const { UPDATE_GOLDEN: _, ...inherited } = process.env;
  const { status, stdout } = spawnSync(join(folder, ".ci/run"), {
    encoding: "utf8",
    env: { ...inherited, PATH: `${join(folder, "bin")}:${process.env["PATH"]}`, ...env },
  });
  return { status, lastLine: stdout.trimEnd().split("\n").at(-1) ?? "" };
}

describe(".ci/run", () => {
  it.each<readonly [name: string, npm: NpmScript, lastLine: string]>([
    ["adds up tests, examples and five checks", {}, "48 passed, 0 failed"],
    ["counts failed tests", { test: `${report("tests", 38, 2)}; exit 1` }, "46 passed, 2 failed"],
    ["counts a failed check", { "run --silent lint:types": "exit 1" }, "47 passed, 1 failed"],
    [
      "counts a failed example",
      { "run --silent examples": `${report("examples", 2, 1)}; exit 1` },
      "47 passed, 1 failed",
    ],
    ["counts tests that wrote no report as failed", { test: "true" }, "8 passed, 1 failed"],
    ["counts a run without tests as failed", { test: report("tests", 0, 0) }, "8 passed, 1 failed"],
    [
      "counts a bad end of good tests as failed",
      { test: `${report("tests", 40, 0)}; exit 3` },
      "48 passed, 1 failed",
    ],
  ])("%s", (_name, npm, lastLine) => {
    const failed = !lastLine.endsWith(" 0 failed");
    expect(runCi({ ...allGood, ...npm })).toEqual({ status: failed ? 1 : 0, lastLine });
  });

  it("does not take the report of an earlier run for its own", () => {
    const npm = {
      ...allGood,
      "run --silent lint:style": report("examples", 9, 0),
      "run --silent examples": "true",
    };
    expect(runCi(npm)).toEqual({ status: 1, lastLine: "45 passed, 1 failed" });
  });

  it("refuses UPDATE_GOLDEN", () => {
    expect(runCi(allGood, { UPDATE_GOLDEN: "1" })).toMatchObject({ status: 2 });
  });

  it("gives its commands no stdin", () => {
    expect(runCi({ ...allGood, test: `[ -z "$(cat)" ] && ${allGood["test"]}` }).status).toBe(0);
  });
});
