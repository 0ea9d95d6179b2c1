import fs from "node:fs";
import path from "node:path";
import { type BuildResult, build } from "oci-build";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";

/** The work of a rebuild, counted. The trees have 40 folders of 50 files, about 6 MB, and one large file. */
const folder = temporaryFolder();
const context = path.join(folder, "app");
const cacheDir = path.join(folder, "cache");
const MiB = 1024 * 1024;
const largeBytes = 5 * MiB;

/** Text of a few kilobytes that is not the same for two files. */
function textOf(seed: number): string {
  let state = seed + 1;
  const words = Array.from({ length: 400 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state.toString(36);
  });
  return words.join(" ");
}

/** The layer of the one step that copies everything, and what it took. */
async function layerOf(sourceDateEpoch?: number): Promise<BuildResult["steps"][number]> {
  const { steps } = await build({
    context,
    // A folder that COPY itself made would have the time of each build.
    dockerfile: { text: "FROM scratch\nWORKDIR /app\nCOPY . .\n" },
    cacheDir,
    sourceDateEpoch,
    output: { type: "none" },
  });
  const [, step] = steps;
  if (step === undefined) throw new Error("no step");
  return step;
}

function edit(file: string, text: string): void {
  fs.writeFileSync(path.join(context, file), text);
}

/** Gives every file a new time, as a checkout does. */
function checkOutAnew(seconds: number): void {
  for (const entry of fs.readdirSync(context, { recursive: true, withFileTypes: true })) {
    fs.lutimesSync(path.join(entry.parentPath, entry.name), seconds, seconds);
  }
}

beforeAll(async () => {
  const files = Array.from({ length: 2000 }, (_, index): [string, string] => {
    return [`d${index % 40}/f${index}.txt`, textOf(index)];
  });
  writeFiles(context, Object.fromEntries(files));
  const large = Buffer.alloc(largeBytes, textOf(7));
  fs.writeFileSync(path.join(context, "large.bin"), large);
  await layerOf();
});

describe.sequential("a rebuild", () => {
  it("compresses the run around a changed file, and copies the rest", async () => {
    edit("d7/f1007.txt", "changed");
    const step = await layerOf();
    expect(step.status).toBe("executed");
    expect(step.segmentsCompressed).toBe(1);
    expect(step.segmentsReused).toBeGreaterThan(8);
    expect(step.bytesCompressed).toBeLessThan(4 * MiB);
    expect(step.bytesReused).toBeGreaterThan(8 * MiB);
  });

  it("compresses the header and one part of a large file of which one byte changed", async () => {
    const fd = fs.openSync(path.join(context, "large.bin"), "r+");
    fs.writeSync(fd, "#", 2.5 * MiB);
    fs.closeSync(fd);
    fs.utimesSync(path.join(context, "large.bin"), 5000, 5000);
    const step = await layerOf();
    expect(step.segmentsCompressed).toBe(2);
    expect(step.bytesCompressed).toBeLessThan(4 * MiB);
  });

  it("compresses the run around a new file, and the one around a file that went", async () => {
    edit("d3/added.txt", "new");
    fs.rmSync(path.join(context, "d30/f30.txt"));
    const step = await layerOf();
    expect(step.segmentsCompressed).toBeLessThanOrEqual(4);
    expect(step.bytesReused).toBeGreaterThan((step.bytesCompressed ?? 0) * 2);
  });

  it("compresses nothing when what was there comes back", async () => {
    const { status, segmentsCompressed = 0 } = await layerOf();
    expect({ status, segmentsCompressed }).toEqual({ status: "cached", segmentsCompressed: 0 });
  });

  it("compresses one run of a fresh checkout under a fixed epoch", async () => {
    await layerOf(1000);
    checkOutAnew(1_700_000_000);
    edit("d7/f1007.txt", "changed again");
    const step = await layerOf(1000);
    expect(step.status).toBe("executed");
    expect(step.segmentsCompressed).toBe(1);
  });

  it("compresses all but the insides of large files of a fresh checkout with its own times", async () => {
    checkOutAnew(1_700_000_001);
    edit("d7/f1007.txt", "changed once more");
    const step = await layerOf();
    expect(step.bytesReused).toBeGreaterThanOrEqual(largeBytes);
    expect(step.bytesCompressed).toBeGreaterThan(5 * MiB);
  });
});
