import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openCache } from "../../packages/cache/src/index.js";
import { temporaryFolder } from "../support/build-folder.js";
import { harmPart, roundsOfPart, sized, tellSize } from "./support/harm-size.js";
import {
  buildVariant,
  makeOld,
  makeVariants,
  runBuild,
  runPrune,
  type Variants,
} from "./support/project-variants.js";
import { randomNumbers } from "./support/random-numbers.js";

const KILLS = roundsOfPart(sized({ quick: 8, full: 200 }));
const SEED = 20_261_120 + harmPart.number;
const MINUTE_MS = 60_000;
const HOUR_SEC = 3_600;

const base = temporaryFolder();
const cacheDir = path.join(base, "cache");
const store = path.join(cacheDir, "v1");
const outputs = path.join(base, "outputs");
const dest = path.join(outputs, "image.tar");
let variants: Variants;

beforeAll(async () => {
  fs.mkdirSync(outputs);
  variants = await makeVariants(base, 3);
}, 2 * MINUTE_MS);

/** When something is killed: so long after it was started, or after it first wrote to the store. */
interface Moment {
  readonly after: "its start" | "its first write";
  readonly ms: number;
}

interface Killed {
  readonly what: string;
  readonly ended: "killed" | "finished";
}

/** Starts something, and kills it at a moment. */
async function killed(what: "build" | "prune", variant: number, { after, ms }: Moment): Promise<Killed> {
  const context = variants.contexts[variant] ?? "";
  const watcher = fs.watch(path.join(store, "tmp"));
  const onStart = (child: { kill(signal: "SIGKILL"): boolean }): void => {
    const killLater = (): void => void setTimeout(() => child.kill("SIGKILL"), ms);
    if (after === "its start") killLater();
    else watcher.once("change", killLater);
  };
  const running =
    what === "build" ? runBuild({ context, cacheDir, dest }, { onStart }) : runPrune(cacheDir, { onStart });
  const { exitCode } = await running;
  watcher.close();
  const told = `${what} ${variant}, ${Math.round(ms)} ms after ${after}`;
  return { what: told, ended: exitCode === null ? "killed" : "finished" };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function namesIn(folder: string): readonly string[] {
  return fs.readdirSync(folder);
}

/** Files that say that somebody holds a lock. */
function heldLocks(): readonly string[] {
  const names = fs.readdirSync(path.join(store, "locks"), { recursive: true, encoding: "utf8" });
  return names.filter((name) => path.basename(name) === "owner");
}

/** As if what was left beside the output had lain there for more than an hour. */
function makeAsidesOld(): void {
  const sec = Date.now() / 1000 - 2 * HOUR_SEC;
  for (const name of namesIn(outputs).filter((one) => one !== path.basename(dest))) {
    fs.utimesSync(path.join(outputs, name), sec, sec);
  }
}

describe("a store on which builds and prunes are killed", () => {
  it(`is good after each of ${KILLS} kills, and gives the right image`, {
    timeout: 20 * MINUTE_MS,
  }, async () => {
    const random = randomNumbers(SEED);
    const place = { context: variants.contexts[0] ?? "", cacheDir, dest };
    const buildMs = await timeOf(() => runBuild(place));
    const pruneMs = await timeOf(() => runPrune(cacheDir));
    let kills = 0;
    let finished = 0;
    while (kills < KILLS) {
      const what = random.below(4) === 0 ? "prune" : "build";
      const variant = random.below(variants.contexts.length);
      if (random.below(3) === 0) makeOld(cacheDir);
      if (random.below(3) === 0) fs.rmSync(dest, { force: true });
      const ownMs = what === "build" ? buildMs : pruneMs;
      const moment: Moment =
        random.below(2) === 0
          ? { after: "its start", ms: random.below(ownMs) }
          : // Up to 60 ms, and mostly a few.
            { after: "its first write", ms: random.below(3.9) ** 3 };
      const one = await killed(what, variant, moment);
      if (one.ended === "killed") kills += 1;
      else finished += 1;
      expect(finished, "those that were done before they could be killed").toBeLessThan(3 * KILLS);

      const round = `kill ${kills} (seed ${SEED}): ${one.what}, ${one.ended}`;
      expect((await (await openCache({ dir: cacheDir })).verify()).damages, round).toEqual([]);
      const next = random.below(variants.contexts.length);
      makeAsidesOld();
      // What lies beside an output is swept when the output is written, not when it is left alone.
      if (namesIn(outputs).length > 1) fs.rmSync(dest, { force: true });
      const context = variants.contexts[next] ?? "";
      const built = await buildVariant({ context, cacheDir, dest });
      expect(built, round).toEqual(variants.images[next]);
      const left = ["tmp", "leases"].map((folder) => namesIn(path.join(store, folder)));
      expect(left, round).toEqual([[], []]);
      expect(namesIn(outputs), round).toEqual(["image.tar"]);
    }
    tellSize(`${kills} kills, and ${finished} came too late (a build took ${Math.round(buildMs)} ms)`);
    // A dead process's lock stays until somebody wants it, who then need not wait.
    makeOld(cacheDir);
    expect(await runPrune(cacheDir)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await buildVariant(place)).toEqual(variants.images[0]);
    expect(heldLocks()).toEqual([]);
  });
});
