import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { openCache } from "../../packages/cache/src/index.js";
import { temporaryFolder } from "../support/build-folder.js";
import { readImage } from "../support/image-lines.js";
import type { CommandResult } from "../support/run-command.js";
import { roundsOfPart, sized, tellSize } from "./support/harm-size.js";
import {
  type BuiltVariant,
  buildVariant,
  makeOld,
  makeVariants,
  runPrune,
  type Variants,
} from "./support/project-variants.js";

const PROCESSES = 8;
const ROUNDS = roundsOfPart(sized({ quick: 2, full: 20 }));
/** So that some are at work while builds look things up, and some while builds use what they found. */
const PRUNES_AFTER_MS = [0, 80, 160, 240, 320] as const;
const MINUTE_MS = 60_000;

const base = temporaryFolder();
const cacheDir = path.join(base, "cache");
const store = path.join(cacheDir, "v1");
let variants: Variants;

beforeAll(async () => {
  variants = await makeVariants(base, 4);
}, 2 * MINUTE_MS);

/** Half of the processes build the same, the others each something else; two write to one output. */
function buildAll(): readonly Promise<BuiltVariant>[] {
  return Array.from({ length: PROCESSES }, (_, index) => {
    const context = variants.contexts[variantOf(index)] ?? "";
    const dest = path.join(base, `image${index === 1 ? 0 : index}.tar`);
    return buildVariant({ context, cacheDir, dest });
  });
}

function variantOf(process: number): number {
  return process < PROCESSES / 2 ? 0 : process % variants.contexts.length;
}

async function pruneAfter(delayMs: number): Promise<CommandResult> {
  await wait(delayMs);
  return runPrune(cacheDir);
}

describe(`${PROCESSES} processes on one store`, () => {
  it("give the digests that each gives alone, with prunes in between", {
    timeout: 20 * MINUTE_MS,
  }, async () => {
    let pruned = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // The first round begins with no store at all; later ones with one of which all may be collected.
      makeOld(cacheDir);
      const builds = buildAll();
      const prunes = round === 0 ? [] : PRUNES_AFTER_MS.map(pruneAfter);
      const results = await Promise.all(builds);
      for (const [index, result] of results.entries()) {
        expect(result, `process ${index} of round ${round}`).toEqual(variants.images[variantOf(index)]);
      }
      for (const { exitCode, stderr, stdout } of await Promise.all(prunes)) {
        expect([exitCode, stderr]).toEqual([0, ""]);
        pruned += stdout.split("\n").length;
      }
      const cache = await openCache({ dir: cacheDir });
      expect((await cache.verify()).damages).toEqual([]);
      for (const folder of ["leases", "tmp"]) expect(fs.readdirSync(path.join(store, folder))).toEqual([]);
    }
    for (const index of [0, 4, 5, 6, 7]) await readImage(path.join(base, `image${index}.tar`));
    tellSize(`${ROUNDS} rounds of ${PROCESSES} processes, ${pruned} lines told by prunes`);
  });
});
