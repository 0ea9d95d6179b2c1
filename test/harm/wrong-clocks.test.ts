import { hash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openCache } from "../../packages/cache/src/index.js";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { buildAt, digestAlone } from "./support/harm-build.js";

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;
const MTIME_SEC = 1_700_000_000;

const base = temporaryFolder();
const options = { dockerfile: { text: "FROM scratch\nWORKDIR /w\nCOPY a /w/\nCOPY . /all/\n" } };
const realNow = Date.now.bind(Date);
let count = 0;

/** How far the clock is off: in the first build, in the second, and from some moment within the second on. */
const clocks = [
  { name: "goes back a day", firstMs: 0, secondMs: -DAY_MS },
  { name: "goes back ten years", firstMs: 0, secondMs: -10 * YEAR_MS },
  { name: "was a year ahead", firstMs: YEAR_MS, secondMs: 0 },
  { name: "was a day behind", firstMs: -DAY_MS, secondMs: 0 },
  { name: "goes ahead a year", firstMs: 0, secondMs: YEAR_MS },
  { name: "goes from ten years ahead to ten years behind", firstMs: 10 * YEAR_MS, secondMs: -10 * YEAR_MS },
] as const;

afterEach(() => {
  vi.restoreAllMocks();
});

function setClock(offMs: number): void {
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + offMs);
}

/** A tick of the clock by which the file system stamps files. */
const ticked = (): Promise<void> => wait(12);

function rewriteUnseen(file: string, text: string): void {
  fs.writeFileSync(file, text);
  fs.utimesSync(file, MTIME_SEC, MTIME_SEC);
}

async function newPlace() {
  count += 1;
  const folder = path.join(base, String(count));
  const context = path.join(folder, "context");
  writeFiles(context, { "a/one.txt": "one", "b/two.txt": "two" });
  rewriteUnseen(path.join(context, "a/one.txt"), "one");
  await ticked();
  return { context, cacheDir: path.join(folder, "cache"), dest: path.join(folder, "image.tar") };
}

describe("a clock that", () => {
  it.each(clocks)("$name never makes a build miss an edit", async ({ firstMs, secondMs }) => {
    const place = await newPlace();
    setClock(firstMs);
    const first = await buildAt(place, options);
    setClock(secondMs);
    expect((await buildAt(place, options)).digest).toBe(first.digest);
    await ticked();
    for (const text of ["ONE", "0ne", "one"]) {
      rewriteUnseen(path.join(place.context, "a/one.txt"), text);
      const built = await buildAt(place, options);
      expect(built.digest, text).toBe(await digestAlone(place.context, options));
      expect(built.warnings, text).toEqual([]);
    }
    expect((await buildAt(place, options)).statuses).toBe("cached cached cached");
  });

  it.each(clocks)("$name within a build does no harm to it", async ({ firstMs, secondMs }) => {
    const place = await newPlace();
    const right = await digestAlone(place.context, options);
    for (const type of ["build.planned", "context.scanned", "step.finished", "output.started"]) {
      setClock(firstMs);
      rewriteUnseen(path.join(place.context, "a/one.txt"), "one");
      const built = await buildAt(place, {
        ...options,
        noCache: true,
        onEvent: (event) => {
          if (event.type === type) setClock(secondMs);
        },
      });
      expect(built, type).toMatchObject({ digest: right, warnings: [] });
    }
    expect((await (await openCache({ dir: place.cacheDir })).verify()).damages).toEqual([]);
  });

  it.each(clocks)(
    "$name never makes a build leave an output that is not its own",
    async ({ firstMs, secondMs }) => {
      const place = await newPlace();
      setClock(firstMs);
      await buildAt(place, options);
      const right = hashOf(place.dest);
      const { atime, mtime } = fs.statSync(place.dest);
      const size = fs.statSync(place.dest).size;
      await ticked();
      fs.writeFileSync(place.dest, Buffer.alloc(size, "x"));
      fs.utimesSync(place.dest, atime, mtime);
      setClock(secondMs);
      await buildAt(place, options);
      expect(hashOf(place.dest)).toBe(right);
    },
  );
});

function hashOf(file: string): string {
  return hash("sha256", fs.readFileSync(file), "hex");
}
