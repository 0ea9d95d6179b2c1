import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Contender } from "./contender.mjs";
import { rotated, runGroup } from "./run-group.mjs";
import { shell } from "./time-command.mjs";

let scratch = "";
beforeEach(async () => {
  scratch = await fs.mkdtemp(path.join(os.tmpdir(), "oci-build-bench-"));
});
afterEach(() => fs.rm(scratch, { recursive: true, force: true }));

const contender = (id: string, more: Partial<Contender> = {}): Contender => ({
  ...{ id, scenario: id, tool: id, kind: "baseline" },
  command: () => shell("echo 4"),
  ...more,
});

const run = (
  contenders: readonly Contender[],
  rounds: number,
  told: string[] = [],
): ReturnType<typeof runGroup> =>
  runGroup(contenders, {
    rounds,
    scratch,
    time: "none",
    flush: () => undefined,
    tell: (line) => void told.push(line.split("  ")[2] ?? ""),
  });

it("starts each round with another contender", async () => {
  const told: string[] = [];
  await run([contender("a"), contender("b"), contender("c")], 2, told);
  expect(told).toEqual(["a", "b", "c", "b", "c", "a", "c", "a", "b"]);
  expect(rotated(3, 4)).toEqual([1, 2, 0]);
});

it("counts in round 0, which is no sample, and times the others", async () => {
  const modes: string[] = [];
  const command = (mode: string): ReturnType<typeof shell> => {
    modes.push(mode);
    return shell("echo 4");
  };
  const [measured] = await run([contender("a", { command, countEntries: Number })], 2);
  expect(modes).toEqual(["counted", "timed", "timed"]);
  expect(measured?.samples.map(({ round }) => round)).toEqual([1, 2]);
  expect(measured?.entries).toBe(4);
});

it("takes round 0 for a sample when there is no other", async () => {
  const [measured] = await run([contender("a")], 0);
  expect(measured?.samples.map(({ round }) => round)).toEqual([0]);
});

it("runs a slow contender in fewer rounds", async () => {
  const [slow, other] = await run([contender("slow", { maxRounds: 1 }), contender("b")], 3);
  expect(slow?.samples.map(({ round }) => round)).toEqual([1]);
  expect(other?.samples).toHaveLength(3);
});

it("goes on without a contender that is missing or fails, and says why", async () => {
  const [absent, failed, good] = await run(
    [
      contender("absent", { missing: "not run: no such program" }),
      contender("failed", { command: () => shell("echo no space >&2; exit 1") }),
      contender("good"),
    ],
    1,
  );
  expect(absent).toMatchObject({ missing: "not run: no such program", samples: [] });
  expect(failed?.missing).toMatch(/^failed: status 1: no space/);
  expect(good?.samples).toHaveLength(1);
});
