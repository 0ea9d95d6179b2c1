import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openCache } from "../../packages/cache/src/index.js";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { bundleChild } from "../support/bundle-child.js";
import { buildAt, digestAlone } from "./support/harm-build.js";
import { sample, sized, tellSize } from "./support/harm-size.js";

const KILLS = sized({ quick: 6, full: 100 });
const MINUTE_MS = 60_000;

const base = temporaryFolder();
const at = (...names: readonly string[]): string => path.join(base, ...names);
const child = bundleChild(new URL("./support/export-until-killed.ts", import.meta.url));
const DOCKERFILE = "FROM scratch\nWORKDIR /w\nCOPY same /same/\nCOPY own /own/\nCOPY large.bin /\n";
const projects = ["before", "after"] as const;
type ProjectName = (typeof projects)[number];
const digests = new Map<ProjectName, string>();

function makeProject(name: ProjectName): void {
  const large = Buffer.alloc(400_000, name);
  const files = { Dockerfile: DOCKERFILE, "same/a": "a", "own/b": name, "large.bin": large };
  writeFiles(at(name), files);
}

beforeAll(async () => {
  for (const name of projects) {
    makeProject(name);
    digests.set(name, await digestAlone(at(name)));
  }
  await exportTo(at("exported"), "before");
  await buildIn(at("cache"), "after");
}, MINUTE_MS);

const place = (cacheDir: string, name: ProjectName) => ({
  context: at(name),
  cacheDir,
  dest: at("image.tar"),
});
const buildIn = (cacheDir: string, name: ProjectName) => buildAt(place(cacheDir, name));
const exportTo = (dest: string, name: ProjectName) =>
  buildAt(place(at("cache"), name), { cacheTo: { type: "local", dest } });

/** Exports over an earlier export, and ends that at a change to the disk. */
function exportUntil(dest: string, change: number): { readonly killed: boolean; readonly changes: number } {
  fs.cpSync(at("exported"), dest, { recursive: true });
  const args = [child, at("after"), at("cache"), at("killed.tar"), dest, String(change)];
  const { signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  return { killed: signal === "SIGKILL", changes: Number(stdout) };
}

/** What an export gives to a cache that has nothing. */
async function imported(src: string, name: ProjectName, round: string): Promise<readonly string[]> {
  const cacheDir = fs.mkdtempSync(at("other-"));
  const built = await buildAt(place(cacheDir, name), { cacheFrom: { type: "local", src } });
  fs.rmSync(cacheDir, { recursive: true });
  expect(built, round).toMatchObject({ digest: digests.get(name), warnings: [] });
  return built.statuses.split(" ");
}

describe("an export that is killed", () => {
  it(`gives all of the last one or all of the new one, never a wrong image (${KILLS} moments)`, {
    timeout: 20 * MINUTE_MS,
  }, async () => {
    const whole = exportUntil(at("whole"), -1);
    expect(whole).toMatchObject({ killed: false });
    const moments = sample(whole.changes, Math.max(1, Math.floor(whole.changes / KILLS)));
    const counts = { "the last one": 0, "the new one": 0, both: 0 };
    let late = 0;
    for (const moment of moments) {
      const round = `killed at change ${moment} of ${whole.changes}`;
      const dest = at(`killed-${moment}`);
      // Waiting for a lock is a change more or less.
      if (!exportUntil(dest, moment).killed) late += 1;
      const found = await Promise.all(projects.map((name) => imported(dest, name, round)));
      const [before, after] = found.map((statuses) => statuses.every((status) => status === "cached"));
      expect(before === true || after === true, round).toBe(true);
      counts[before === after ? "both" : before === true ? "the last one" : "the new one"] += 1;
      expect((await (await openCache({ dir: dest })).verify()).damages, round).toEqual([]);

      await exportTo(dest, "after");
      expect(new Set(await imported(dest, "after", round)), round).toEqual(new Set(["cached"]));
      for (const folder of ["records", "blobs/sha256", "trees", "segments", "tmp", "leases"]) {
        expect(fs.readdirSync(path.join(dest, "v1", folder)), `${round}: ${folder}`).toEqual(
          fs.readdirSync(at("whole", "v1", folder)),
        );
      }
      fs.rmSync(dest, { recursive: true });
    }
    expect(late).toBeLessThan(moments.length / 4);
    tellSize(`${moments.length - late} of ${whole.changes} moments: ${JSON.stringify(counts)}`);
  });
});
