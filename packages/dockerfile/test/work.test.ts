import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nastyInputs } from "../../../bench/parse/nasty-inputs.mjs";
import { type WorkMeter, workMeter } from "./support/count-work.js";

type Package = typeof import("../src/index.js");

/** Characters of an input. Ten times as many stay below the length at which every line's bytes are counted. */
const size = 2_000;
const times = 10;

/** Work per character that tree, and that tree, instructions and all checks may take; the most that is taken is 46 and
 * 111. One for each run of a stretch of code without branches, and for each character that a built-in method reads. */
const treeMaxWork = 50;
const checksMaxWork = 150;

/** How much more work a character may be in an input ten times as long. Quadratic code comes to 5 and more. */
const maxGrowth = 1.25;

/** Triggers run in every stage on theirs, up to a limit that only the longer of the two inputs reaches. */
const growthLimits: ReadonlyMap<string, number> = new Map([["triggers for many stages", 2]]);

let meter: WorkMeter;
let ours: Package;

beforeAll(async () => {
  meter = await workMeter("/packages/dockerfile/src/");
  ours = await import("../src/index.js");
});

afterAll(() => meter.stop());

const shortInputs = new Map(nastyInputs(size));

describe("work on nasty inputs, counted", () => {
  const kinds = [
    { what: "the tree", limit: treeMaxWork, read: (text: string) => ours.parse(text) },
    {
      what: "the tree, its instructions and all checks",
      limit: checksMaxWork,
      read: (text: string) => ours.checkDockerfile(ours.parseDockerfile(text)),
    },
  ];
  const cases = nastyInputs(size * times).flatMap(([name, text]) =>
    kinds.map((kind) => ({ name, text, ...kind })),
  );

  it.each(cases)("is linear for $what of $name", async ({ name, text, limit, read }) => {
    const short = shortInputs.get(name) ?? "";
    const atFirst = (await meter.measure(() => read(short))) / short.length;
    const later = (await meter.measure(() => read(text))) / text.length;
    expect(later).toBeLessThanOrEqual(limit);
    expect(later / atFirst).toBeLessThanOrEqual(growthLimits.get(name) ?? maxGrowth);
  });

  it("sees a loop of ours and a search by a built-in method", async () => {
    const word = "a".repeat(size);
    const few = await meter.measure(() => ours.parse(`FROM ${word}`));
    expect(few).toBeGreaterThan(size);
    const searched = await meter.measure(() => {
      ours.parse("FROM a");
      word.indexOf("b");
    });
    const alone = await meter.measure(() => ours.parse("FROM a"));
    expect(searched - alone).toBe(size);
  });
});
