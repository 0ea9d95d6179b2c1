import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeJson } from "./encode-json.js";

const cases: readonly { readonly name: string; readonly value: unknown; readonly json: string }[] = [
  { name: "no blanks", value: { a: [1, { b: null }] }, json: '{"a":[1,{"b":null}]}' },
  {
    name: "members sorted at every depth",
    value: { b: { d: 1, c: 2 }, a: 3 },
    json: '{"a":3,"b":{"c":2,"d":1}}',
  },
  {
    name: "members sorted by UTF-16 code units",
    value: { é: 1, z: 2, Z: 3, "😀": 4, "\uffee": 5 },
    json: '{"Z":3,"z":2,"é":1,"😀":4,"\uffee":5}',
  },
  { name: "names that look like numbers sorted as text", value: { "9": 1, "10": 2 }, json: '{"10":2,"9":1}' },
  { name: "arrays in their order", value: ["b", "a"], json: '["b","a"]' },
  { name: "no member that is undefined", value: { a: undefined, b: 1 }, json: '{"b":1}' },
  { name: "a member named __proto__", value: JSON.parse('{"__proto__":1}'), json: '{"__proto__":1}' },
  { name: "sizes beyond 32 bits in full", value: 2 ** 53 - 1, json: "9007199254740991" },
  { name: "lone surrogates as \\udXXX, which RFC 8785 refuses", value: "\udc80", json: '"\\udc80"' },
];

describe("encodeJson", () => {
  it.each(cases)("writes $name", ({ value, json }) => {
    expect(encodeJson(value).toString("utf8")).toBe(json);
  });

  it.each([
    { name: "a function", value: { a: (): void => undefined } },
    { name: "a bigint", value: 1n },
    { name: "NaN", value: [Number.NaN] },
    { name: "undefined in an array", value: [undefined] },
    { name: "an instance of a class", value: { created: new Date(0) } },
  ])("refuses $name", ({ value }) => {
    expect(() => encodeJson(value)).toThrow(TypeError);
  });

  it("gives bytes that parse to the same value, whatever the order of members", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const bytes = encodeJson(value);
        expect(encodeJson(reversed(value))).toEqual(bytes);
        expect(JSON.parse(bytes.toString("utf8"))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 200 },
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, reversed(member)] as const)
      .reverse(),
  );
}
