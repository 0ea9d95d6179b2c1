import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

let reports: string;
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), "oci-build-totals-"));
});
afterEach(() => {
  rmSync(reports, { recursive: true, force: true });
});

interface Run {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly totals: Readonly<Record<string, unknown>>;
}

function runFixture(run: "whole" | "part", ...files: readonly string[]): Run {
  const folder = join(import.meta.dirname, "fixtures/totals");
  const reporter = join(root, "scripts/totals-reporter.mjs");
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      vitest,
      "run",
      "--root",
      folder,
      "--config",
      join(folder, "vitest.config.ts"),
      `--reporter=${reporter}`,
      ...files,
    ],
    {
      encoding: "utf8",
      env: { ...process.env, OCI_BUILD_REPORTS_DIR: reports, OCI_BUILD_TEST_RUN: run === "whole" ? run : "" },
    },
  );
  const totals = JSON.parse(readFileSync(join(reports, "tests.json"), "utf8")) as Run["totals"];
  return { status, lines: stdout.trimEnd().split("\n"), totals };
}

describe("totals-reporter", () => {
  it("counts broken files and suites as failed, and in a whole run each skip without a reason", () => {
    const { status, lines, totals } = runFixture("whole");
    expect(totals).toEqual({
      passed: 1,
      failed: 4,
      skipped: 4,
      skips: {
        "needs a moon": 1,
        "needs a sun": 2,
        "its suite could not be set up": 1,
        "no reason given": 1,
      },
    });
    expect(status).not.toBe(0);
    expect(lines.slice(-1)).toEqual(["Tests: 1 passed, 4 failed, 4 skipped"]);
    expect(lines).toContain("  skipped 2: needs a sun");
  });

  it("counts a skip without a reason as skipped where a filter may be the reason", () => {
    expect(runFixture("part", "mixed").totals).toMatchObject({ passed: 1, failed: 2, skipped: 5 });
  });

  it("fails a run in which no test ran", () => {
    expect(runFixture("part", "broken").status).not.toBe(0);
  });
});
