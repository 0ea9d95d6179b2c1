import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report, ReportGroup } from "./build/report/report.mjs";

const bench = path.join(import.meta.dirname, "build.mjs");
/** It takes a tenth of that, unless many others use the machine. */
const SMOKE_TIMEOUT_MS = 300_000;

describe("node bench/build.mjs --smoke", () => {
  let folder = "";
  let report: Report | undefined;
  beforeAll(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), "oci-build-bench-"));
    const env = { ...process.env, OCI_BUILD_BENCH_DIR: folder };
    const args = [bench, "--smoke", "--no-build", "--results", path.join(folder, "results")];
    await promisify(execFile)(process.execPath, args, { env }).catch(
      (error: { stdout?: string; stderr?: string }) => {
        throw new Error(`the smoke test failed:\n${error.stdout}\n${error.stderr}`);
      },
    );
    report = JSON.parse(await fs.readFile(path.join(folder, "results/build.json"), "utf8")) as Report;
  }, SMOKE_TIMEOUT_MS);
  afterAll(() => fs.rm(folder, { recursive: true, force: true }));

  const groups = (): readonly ReportGroup[] => report?.groups ?? [];

  it("runs every scenario and finds nothing wrong", () => {
    const scenarios = groups().flatMap(({ figures }) => figures.map(({ scenario }) => scenario));
    expect(scenarios).toEqual(
      expect.arrayContaining([
        "node-app.cold",
        "node-app.no-change-output-absent.warm",
        "node-app.no-change-output-present.warm",
        "node-app.rebuild-one-file.warm",
        "node-app.fresh-checkout-one-file-kept-times.warm",
        "node-app.fresh-checkout-one-file-fixed-epoch.warm",
        "node-app.fresh-checkout-one-file-commit-epoch.warm",
        "one-file.rebuild-one-byte.warm",
        "small-app.no-change-output-absent.warm",
      ]),
    );
    // What a machine lacks is no failure, and is said.
    expect(report?.problems.filter((problem) => !/not run: |no GNU time/.test(problem))).toEqual([]);
  });

  it("finds in the results of all tools as many entries as in the projects", () => {
    const counts = groups().flatMap(({ project, measured }) =>
      measured.flatMap(({ id, entries }) =>
        entries === undefined ? [] : [{ id, entries, of: project.entries }],
      ),
    );
    expect(counts.filter(({ entries, of }) => entries !== of)).toEqual([]);
    expect(counts.length).toBeGreaterThan(20);
  });

  it("leaves each build the work that its scenario is about", () => {
    const work = new Map(
      groups().flatMap(({ figures }) => figures.map((figure) => [figure.scenario, figure.work] as const)),
    );
    expect(work.get("node-app.cold")).toMatchObject({ stepsExecuted: 3 });
    expect(work.get("node-app.no-change-output-absent.warm")).toMatchObject({ stepsCached: 3 });
    expect(work.get("node-app.no-change-output-absent.warm")).not.toHaveProperty("stepsExecuted");
    expect(work.get("node-app.rebuild-one-file.warm")).toMatchObject({ stepsCached: 2, stepsExecuted: 1 });
    expect(work.get("one-file.rebuild-one-byte.warm")).toMatchObject({ stepsCached: 1, stepsExecuted: 1 });
  });

  it("writes the table and both charts, and leaves no scratch folder", async () => {
    expect((await fs.readdir(path.join(folder, "results"))).sort()).toEqual([
      "build.json",
      "build.md",
      "build.svg",
      "growth.svg",
    ]);
    expect((await fs.readdir(folder)).filter((name) => name.startsWith("run-"))).toEqual([]);
  });
});
