import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPropertySeed } from "./support/property-seed.js";

describe("readPropertySeed", () => {
  it.each([
    ["one seed for all runs", {}, 20_261_121],
    ["none in full size", { OCI_BUILD_TEST_SIZE: "full" }, undefined],
    ["the seed that is asked for", { OCI_BUILD_TEST_SEED: "-1804289383" }, -1_804_289_383],
    ["the seed that is asked for in full size", { OCI_BUILD_TEST_SEED: "7", OCI_BUILD_TEST_SIZE: "full" }, 7],
    ["one seed for all runs where none is named", { OCI_BUILD_TEST_SEED: "" }, 20_261_121],
  ])("gives %s", (_name, env, seed) => {
    expect(readPropertySeed(env)).toBe(seed);
  });

  it.each(["x", "1.5", "12345678901"])("refuses `%s`", (seed) => {
    expect(() => readPropertySeed({ OCI_BUILD_TEST_SEED: seed })).toThrow("expected a whole number");
  });
});

describe("property tests", () => {
  const drawn = (): readonly number[] => {
    const numbers: number[] = [];
    fc.assert(
      fc.property(fc.integer(), (number) => void numbers.push(number)),
      { numRuns: 5 },
    );
    return numbers;
  };

  it("begin from the seed of the run, also those that say how long they are", ({ skip }) => {
    const seed = readPropertySeed(process.env);
    skip(seed === undefined, "only where a run has one seed");
    expect(fc.readConfigureGlobal()).toEqual({ seed });
    expect(drawn()).toEqual(drawn());
  });
});
