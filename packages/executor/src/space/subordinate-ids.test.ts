import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatIdMap, identityMap, idMapArguments, parseIdMap, subordinateMap } from "./id-map.js";
import { freeRange, parseSubordinateIds } from "./subordinate-ids.js";

const ann = { id: 1000, name: "ann" };

describe("parseSubordinateIds", () => {
  it.each<[string, string, readonly (readonly [number, number])[]]>([
    ["a user's by name", "bob:1:9\nann:100000:65536\n", [[100_000, 65_536]]],
    ["a user's by number", "1000:100000:65536\n", [[100_000, 65_536]]],
    [
      "all of a user, in the order of the file",
      "ann:300000:10\nann:200000:5\n",
      [
        [300_000, 10],
        [200_000, 5],
      ],
    ],
    ["none of a user whose name begins like it", "anna:100000:65536\n10000:1:1\n", []],
    ["none without ids", "ann:100000:0\n", []],
    ["none beyond the last id", "ann:4294967295:1\nann:4294967000:300\n", []],
    ["none with the user's own id in it", "ann:900:200\nann:100000:1\n", [[100_000, 1]]],
    [
      "the first of two with ids in common",
      "ann:100000:10\nann:100009:10\nann:100010:1\n",
      [
        [100_000, 10],
        [100_010, 1],
      ],
    ],
    [
      "those that touch, whichever comes first",
      "ann:100010:1\nann:100000:10\nann:100011:1\n",
      [
        [100_010, 1],
        [100_000, 10],
        [100_011, 1],
      ],
    ],
    ["none of lines of another form", "# ann:1:1\nann:1\nann:x:1\nann:1:1:1\n:1:1\n\nann:-1:5\n", []],
    ["what stands between white space", "  ann:100000:1 \r\n", [[100_000, 1]]],
  ])("finds %s", (_, text, ranges) => {
    const found = parseSubordinateIds(text, ann, ann.id);
    expect(found.map(({ start, count }) => [start, count])).toEqual(ranges);
  });

  it("finds by number alone who has no name", () => {
    const text = "undefined:1:1\n1000:5:5\n";
    expect(parseSubordinateIds(text, { id: 1000, name: undefined }, 1000)).toEqual([{ start: 5, count: 5 }]);
  });

  it("takes no more ranges than the kernel takes lines", () => {
    const text = Array.from({ length: 400 }, (_, index) => `ann:${100_000 + index}:1`).join("\n");
    expect(parseSubordinateIds(text, ann, ann.id)).toHaveLength(339);
  });
});

describe("freeRange", () => {
  it.each([
    ["", 100_000],
    ["ann:100000:65536\nbob:165536:65536\n", 231_072],
    ["bob:1:9\n", 100_000],
  ])("proposes what nobody has: %j", (text, start) => {
    expect(freeRange(text)).toEqual({ start, count: 65_536 });
  });
});

describe("subordinateMap", () => {
  it("gives root the caller's id, and the next ones the ranges one after the other", () => {
    const lines = subordinateMap(1000, [
      { start: 100_000, count: 10 },
      { start: 5, count: 2 },
    ]);
    expect(formatIdMap(lines)).toBe("0 1000 1\n1 100000 10\n11 5 2\n");
    expect(idMapArguments(lines)).toEqual(["0", "1000", "1", "1", "100000", "10", "11", "5", "2"]);
  });

  it("maps each id once, whatever the file says", () => {
    const entries = fc.array(fc.tuple(fc.nat(3000), fc.nat(50)), { maxLength: 30 });
    fc.assert(
      fc.property(entries, (ranges) => {
        const text = ranges.map(([start, count]) => `ann:${start}:${count}`).join("\n");
        const ids = subordinateMap(1000, parseSubordinateIds(text, ann, 1000)).flatMap(
          ({ inside, outside, count }) =>
            Array.from({ length: count }, (_, index) => [inside + index, outside + index] as const),
        );
        expect(ids.map(([inside]) => inside)).toEqual(ids.map((_, index) => index));
        expect(new Set(ids.map(([, outside]) => outside)).size).toBe(ids.length);
      }),
    );
  });
});

describe("identityMap", () => {
  it("keeps the ids that a process has", () => {
    const text = "         0       1000          1\n         1     100000      65536\n";
    expect(formatIdMap(identityMap(parseIdMap(text)))).toBe("0 0 1\n1 1 65536\n");
  });
});
