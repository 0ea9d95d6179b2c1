import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./support/build-folder.js";
import { compareBuilders, openWorkshop } from "./support/conformance/generated/both-builders.js";
import { type Discrepancy, describeDiscrepancy } from "./support/conformance/generated/discrepancy.js";
import { dockerfile } from "./support/conformance/generated/dockerfile.js";
import { dockerfileText } from "./support/conformance/generated/dockerfile-text.js";
import { explanationsOf, knownDifferences } from "./support/conformance/generated/known-differences.js";
import { minimise } from "./support/conformance/generated/minimise.js";
import { readSeed } from "./support/property-seed.js";
import { hasTool } from "./support/tools.js";

const isFull = process.env["OCI_BUILD_TEST_SIZE"] === "full";
const CASES = isFull ? 2_000 : 60;
const SEED = readSeed(process.env);
/** As many builds at a time as the machine has use for. */
const LANES = 2;
/** Of many failures only some are made small and shown. */
const MAX_SHOWN = 5;
const MINIMISE_PROBES = isFull ? 200 : 60;
const MINUTE_MS = 60_000;

const isRoot = process.getuid?.() === 0;
const canCompare = isRoot && hasTool("buildah");
const whyNot = isRoot ? "buildah is not installed" : "only root can run buildah";

/** The discrepancies of a Dockerfile that no known difference explains. */
function unexplained(text: string, found: readonly Discrepancy[]): readonly Discrepancy[] {
  const file = dockerfileText(text);
  return found.filter((discrepancy) => explanationsOf(discrepancy, file).length === 0);
}

/** What a discrepancy is about, however long the Dockerfile is: a shorter one that is odd for another reason tells
 * nothing of the first. */
function matterOf(discrepancy: Discrepancy): string {
  switch (discrepancy.kind) {
    case "only we refuse":
      return `${discrepancy.kind} ${discrepancy.rule}`;
    case "only buildah refuses":
      return discrepancy.kind;
    case "other reason":
      return `${discrepancy.kind} ${discrepancy.broken.map(({ rule }) => rule).join(" ")}`;
    case "value":
      return `${discrepancy.kind} ${discrepancy.field}`;
  }
}

describe(`${CASES} generated Dockerfiles, seed ${SEED}`, () => {
  it("build with buildah to the same config, or differ in a way that is known", {
    timeout: (isFull ? 30 : 3) * MINUTE_MS,
  }, async ({ skip }) => {
    skip(!canCompare, whyNot);
    const workshop = openWorkshop(temporaryFolder());
    const texts = fc.sample(dockerfile, { seed: SEED, numRuns: CASES });
    const odd: { readonly text: string; readonly found: readonly Discrepancy[] }[] = [];
    const queue = texts.values();
    const check = async (text: string) => unexplained(text, await compareBuilders(workshop, text));
    const lane = async (): Promise<void> => {
      for (const text of queue) {
        const found = await check(text);
        if (found.length > 0) odd.push({ text, found });
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const told: string[] = [];
    for (const { text, found } of odd.slice(0, MAX_SHOWN)) {
      const matters = new Set(found.map(matterOf));
      const small = await minimise(
        text,
        async (shorter) => (await check(shorter)).some((one) => matters.has(matterOf(one))),
        MINIMISE_PROBES,
      );
      told.push(JSON.stringify(text), ...found.map(describeDiscrepancy));
      told.push(JSON.stringify(small), ...(await check(small)).map(describeDiscrepancy));
    }
    expect({ odd: odd.length, told }).toEqual({ odd: 0, told: [] });
  });
});

describe("known differences", () => {
  const workshop = openWorkshop(temporaryFolder());

  it("have names of their own, and say what shows that ours is right", () => {
    const names = knownDifferences.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(knownDifferences.filter(({ shownBy }) => !/\.go, /.test(shownBy))).toEqual([]);
  });

  it.for(knownDifferences)("$name", async ({ name, example }, { skip }) => {
    skip(!canCompare, whyNot);
    const found = await compareBuilders(workshop, example);
    const file = dockerfileText(example);
    const explained = found.map((discrepancy) =>
      explanationsOf(discrepancy, file).map((known) => known.name),
    );
    expect(explained).not.toEqual([]);
    expect(explained.filter((names) => !names.includes(name))).toEqual([]);
  });
});
