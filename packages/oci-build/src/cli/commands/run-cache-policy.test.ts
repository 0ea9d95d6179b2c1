import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type PruneFlags, prunePolicy } from "./run-cache-policy.js";

const HOUR_MS = 3_600_000;

const cases: readonly (readonly [string, PruneFlags, object])[] = [
  ["nothing asks for what is dangling", {}, { scope: "dangling", mode: "collect" }],
  ["--all asks for everything", { all: true }, { scope: "all" }],
  ["--dry-run collects nothing", { dryRun: true }, { mode: "dry-run" }],
  ["until asks every record", { filter: ["until=24h"] }, { scope: "all", unusedForMs: 24 * HOUR_MS }],
  ["--keep-duration is until", { keepDuration: "90m" }, { scope: "all", unusedForMs: 1.5 * HOUR_MS }],
  ["of several ages the longest holds", { filter: ["until=1h", "until=2h"] }, { unusedForMs: 2 * HOUR_MS }],
  [
    "--max-used-space asks every record",
    { maxUsedSpace: "10GB" },
    { scope: "all", maxUsedBytes: 10 * 2 ** 30 },
  ],
  ["--keep-storage is --max-used-space", { keepStorage: "512m" }, { maxUsedBytes: 512 * 2 ** 20 }],
  ["--min-free-space asks every record", { minFreeSpace: "1k" }, { scope: "all", minFreeBytes: 1024 }],
  ["--reserved-space alone stays dangling", { reservedSpace: "1" }, { scope: "dangling", reservedBytes: 1 }],
  ["a type asks everything of it", { filter: ["type=exec.cachemount"] }, { scope: "all", kinds: ["mounts"] }],
  ["a tag gets its full name", { filter: ["tag=app"] }, { tags: ["docker.io/library/app:latest"] }],
];

describe("prunePolicy", () => {
  it.each(cases)("%s", (_, flags, expected) => {
    expect(prunePolicy(flags)).toMatchObject(expected);
  });

  it("knows a project as it is written, in full and without links", () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), "oci-build-policy-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const link = join(folder, "link");
    symlinkSync(folder, link);
    expect(prunePolicy({ filter: [`project=${link}`] }).projects).toEqual([link, link, folder]);
    expect(prunePolicy({ filter: ["project=gone"] }).projects).toEqual(["gone", resolve("gone")]);
  });

  it.each<[string, PruneFlags, string]>([
    ["a filter that is not known", { filter: ["id=1"] }, "--filter"],
    ["a type of which there is nothing", { filter: ["type=frontend"] }, "--filter"],
    ["a filter without a value", { filter: ["until"] }, "--filter"],
    ["an age that is no duration", { filter: ["until=yesterday"] }, "--filter until"],
    ["a negative age", { keepDuration: "-1h" }, "--keep-duration"],
    ["a size that is none", { maxUsedSpace: "much" }, "--max-used-space"],
  ])("refuses %s", (_, flags, option) => {
    expect(() => prunePolicy(flags)).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID", data: expect.objectContaining({ option }) }),
    );
  });
});
