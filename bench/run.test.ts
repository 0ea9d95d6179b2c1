import { execFile, execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toolObstacle, unlessObstacle } from "../test/support/registry/obstacle.js";
import type { RunReport, RunReportGroup } from "./run/report/report.mjs";

const bench = path.join(import.meta.dirname, "run.mjs");
/** It takes a tenth of that, unless many others use the machine. */
const SMOKE_TIMEOUT_MS = 300_000;
const obstacle = toolObstacle("busybox", "unshare", "mount", "setpriv", "tar");

describe.skipIf(obstacle)(unlessObstacle("node bench/run.mjs --smoke", obstacle), () => {
  let folder = "";
  let report: RunReport | undefined;
  beforeAll(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), "oci-build-bench-"));
    const base = await busyboxTar(folder);
    const env = { ...process.env, OCI_BUILD_BENCH_DIR: path.join(folder, "bench") };
    const args = [bench, "--smoke", "--no-build", "--base", base, "--results", path.join(folder, "results")];
    await promisify(execFile)(process.execPath, args, { env }).catch(
      (error: { stdout?: string; stderr?: string }) => {
        throw new Error(`the smoke test failed:\n${error.stdout}\n${error.stderr}`);
      },
    );
    report = JSON.parse(await fs.readFile(path.join(folder, "results/run.json"), "utf8")) as RunReport;
  }, SMOKE_TIMEOUT_MS);
  afterAll(() => fs.rm(folder, { recursive: true, force: true }));

  const groups = (): readonly RunReportGroup[] => report?.groups ?? [];

  it("measures everything and finds nothing wrong", () => {
    const names = groups().flatMap(({ figures }) => figures.map(({ name }) => name));
    expect(names).toEqual(
      expect.arrayContaining([
        "run-true.util-linux",
        "run-true.bare-unshare",
        "base-size.ratio",
        "cached.layout",
        "files-real.ratio",
        "files-tiny.ratio",
        "unpack.ratio",
        "unpack-memory.ratio",
      ]),
    );
    // What a machine lacks is no failure, and is said.
    expect(report?.problems.filter((problem) => !/not run: |no GNU time/.test(problem))).toEqual([]);
  });

  it("leaves each build the steps that its figure is about", () => {
    const counts = groups().flatMap(({ caller, measured }) =>
      measured
        .filter(({ kind, missing }) => kind === "ours" && missing === undefined)
        .map(({ id, work }) => ({
          ...{ id, caller, executed: work?.["stepsExecuted"] ?? 0, cached: work?.["stepsCached"] ?? 0 },
        })),
    );
    const expected = counts.map(({ id, caller }) => ({
      ...{ id, caller, executed: id.startsWith("cached.") ? 0 : id.includes("many") ? 3 : 1 },
      cached: id.startsWith("cached.") ? 12 : 0,
    }));
    expect(counts).toEqual(expected);
    expect(counts.length).toBeGreaterThan(10);
  });

  it("counts of a written layer only what comes behind the command", () => {
    const layers = groups().flatMap(({ measured }) => measured.filter(({ id }) => id.endsWith(".layer")));
    const parts = layers.flatMap(({ samples }) => samples);
    expect(parts).toHaveLength(2);
    for (const { partMs = Number.NaN, wallMs } of parts) {
      expect(partMs).toBeGreaterThanOrEqual(0);
      expect(partMs).toBeLessThan(wallMs);
    }
  });

  it("writes the page, and leaves no scratch folder", async () => {
    const page = await fs.readFile(path.join(folder, "results/run.md"), "utf8");
    expect(page).toContain("| base-size.ratio ");
    expect(await fs.readdir(path.join(folder, "bench"))).toEqual(["projects"]);
  });
});

/** A root file system with everything that the measured commands call. */
async function busyboxTar(folder: string): Promise<string> {
  const root = path.join(folder, "root");
  for (const name of ["bin", "etc", "tmp", "srv", "opt"]) {
    await fs.mkdir(path.join(root, name), { recursive: true });
  }
  const busybox = path.join(root, "bin/busybox");
  await fs.copyFile(await fs.realpath("/bin/busybox"), busybox);
  await fs.chmod(busybox, 0o755);
  const names = execFileSync(busybox, ["--list"], { encoding: "utf8" }).trim().split("\n");
  for (const name of names) {
    if (name !== "busybox") await fs.symlink("busybox", path.join(root, "bin", name));
  }
  await fs.writeFile(path.join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
  await fs.writeFile(path.join(root, "etc/group"), "root:x:0:\n");
  const tar = path.join(folder, "root.tar");
  execFileSync("tar", ["--numeric-owner", "-cf", tar, "-C", root, "."]);
  return tar;
}
