import { hash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { isOciBuildError } from "@oci-build/oci";
import type { BuildOptions } from "oci-build";
import { describe, expect, it } from "vitest";
import { openCache } from "../../packages/cache/src/index.js";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { runOciBuild } from "../support/run-command.js";
import { filledDisk } from "./support/filled-disk.js";
import { buildAt, digestAlone, type Workplace } from "./support/harm-build.js";
import { harmPart, sized, tellSize } from "./support/harm-size.js";

const MINUTE_MS = 60_000;
const KiB = 1024;
const STEP = sized({ quick: 9, full: 1 });
/** So that the parts of a run take turns. */
const [FIRST_PAGES, PAGES_STEP] = [STEP * (harmPart.number - 1), STEP * harmPart.of];
const timeout = 10 * MINUTE_MS;

const base = temporaryFolder();
const context = path.join(base, "context");
const elsewhere = path.join(base, "elsewhere");
const options = { dockerfile: { text: "FROM scratch\nWORKDIR /w\nCOPY a /w/\nCOPY . /all/\n" } };

/** A context whose text decides some 100 KiB of layers, which do not compress well. */
function writeContext(text: string): void {
  const noise = Array.from({ length: 1_600 }, (_, index) => hash("sha256", `${text} ${index}`, "hex"));
  writeFiles(context, { "a/own.txt": text, "a/noise.txt": noise.join(""), "b/other.txt": "other" });
}

/** The digest of what was built, or the code of the error and its exit code. */
async function outcomeOf(place: Workplace, changed: BuildOptions = {}): Promise<string> {
  try {
    return (await buildAt(place, { ...options, ...changed })).digest;
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    return `${error.code}, exit code ${error.exitCode}`;
  }
}

/** With how many pages free the build ends as it should, from none or few on; that is asked of a sample of them. None
 * are left in each part, since small outputs need a single page, which later parts begin with. */
async function needed(outcomeWith: (pages: number) => Promise<string>, right: string): Promise<number> {
  if (FIRST_PAGES > 0) await outcomeWith(0);
  for (let pages = FIRST_PAGES; ; pages += PAGES_STEP) {
    if ((await outcomeWith(pages)) === right) return pages;
    expect(pages, "pages that do not suffice").toBeLessThan(1_000);
  }
}

describe("a build whose cache is on a disk that is full", () => {
  it.for(["an empty cache", "the cache of an earlier build"])(
    "of %s fails with CACHE_DISK_FULL wherever it is full, and leaves a good store",
    { timeout },
    async (before, test) => {
      const disk = await filledDisk(test, 4 * KiB);
      const cacheDir = path.join(disk.folder, "cache");
      const place = { context, cacheDir, dest: `${elsewhere}.tar` };
      writeContext("second");
      const right = await digestAlone(context, options);
      const found = new Set<string>();
      const pages = await needed(async (free) => {
        fs.rmSync(cacheDir, { recursive: true, force: true });
        writeContext("first");
        if (before !== "an empty cache") await buildAt(place, options);
        writeContext("second");
        disk.leave(free);
        const outcome = await outcomeOf(place);
        found.add(outcome);
        expect(["CACHE_DISK_FULL, exit code 3", right], `${free} pages left`).toContain(outcome);
        disk.free();
        const cache = await openCache({ dir: cacheDir });
        expect((await cache.verify()).damages, `${free} pages left`).toEqual([]);
        for (const folder of ["tmp", "leases"]) {
          expect(fs.readdirSync(path.join(cache.root, folder)), `${free} pages left`).toEqual([]);
        }
        expect(await outcomeOf(place), `after ${free} pages were left`).toBe(right);
        return outcome;
      }, right);
      expect(found.size).toBe(2);
      tellSize(
        `${before} on a full disk, with ${FIRST_PAGES} to ${pages} pages, every ${PAGES_STEP} of them`,
      );
    },
  );
});

describe("a build whose output goes to a disk that is full", () => {
  const outputs: readonly (readonly [string, (file: string) => BuildOptions])[] = [
    ["tarball", (dest) => ({ output: { type: "oci", dest } })],
    ["folder", (dest) => ({ output: { type: "oci", dest, tar: false } })],
    ["image ID", (iidFile) => ({ iidFile })],
    ["metadata", (metadataFile) => ({ metadataFile })],
  ];

  it.for(outputs)(
    "fails with OUTPUT_DISK_FULL when its %s does not fit, and leaves what was there",
    { timeout },
    async ([kind, optionsOf], test) => {
      const disk = await filledDisk(test, 2 * KiB);
      const file = path.join(disk.folder, "out");
      const place = { context, cacheDir: path.join(base, `cache-${kind}`), dest: `${elsewhere}.tar` };
      writeContext("second");
      const right = await digestAlone(context, options);
      const found = new Set<string>();
      await needed(async (free) => {
        fs.rmSync(file, { recursive: true, force: true });
        writeContext("first");
        if (kind !== "folder") await buildAt(place, { ...options, ...optionsOf(file) });
        const before = kind === "folder" ? "" : hashOf(file);
        writeContext("second");
        disk.leave(free);
        const outcome = await outcomeOf(place, optionsOf(file));
        found.add(outcome);
        expect(["OUTPUT_DISK_FULL, exit code 3", right], `${free} pages left`).toContain(outcome);
        disk.free();
        if (kind !== "folder" && outcome !== right) {
          expect(hashOf(file)).toBe(before);
          expect(fs.readdirSync(disk.folder)).toEqual(["out"]);
        }
        expect(await outcomeOf(place, optionsOf(file))).toBe(right);
        return outcome;
      }, right);
      expect(found.size).toBe(2);
    },
  );

  it("says so at the command line, with exit code 3", async (test) => {
    const disk = await filledDisk(test, 512);
    disk.leave(1);
    const project = path.join(base, "project");
    writeFiles(project, { Dockerfile: "FROM scratch\nCOPY . /\n", a: "a" });
    const dest = path.join(disk.folder, "out.tar");
    const args = ["--cache-dir", path.join(base, "cache"), "-o", `type=oci,dest=${dest}`, "."];
    const { exitCode, stderr } = await runOciBuild(args, { cwd: project });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("OUTPUT_DISK_FULL")]);
  });
});

function hashOf(file: string): string {
  return hash("sha256", fs.readFileSync(file), "hex");
}
