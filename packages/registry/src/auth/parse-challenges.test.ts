import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChallenges } from "./parse-challenges.js";

function told(header: string): readonly string[] {
  return parseChallenges(header).map(({ scheme, parameters }) =>
    [scheme, ...[...parameters].map(([name, value]) => `${name}=${value}`)].join(" "),
  );
}

describe("parseChallenges", () => {
  it.each<[string, readonly string[]]>([
    ["Basic", ["basic"]],
    ['Basic realm="a b"', ["basic realm=a b"]],
    ["BASIC Realm=x", ["basic realm=x"]],
    [
      'Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull,push"',
      ["bearer realm=https://auth.example/token service=r.example scope=repository:a/b:pull,push"],
    ],
    [
      "Bearer realm=https://auth.example/token, service=x",
      ["bearer realm=https://auth.example/token service=x"],
    ],
    ['Basic realm="x", Bearer realm="y"', ["basic realm=x", "bearer realm=y"]],
    ['Basic, Bearer realm="y"', ["basic", "bearer realm=y"]],
    ["Negotiate, Basic", ["negotiate", "basic"]],
    ['Negotiate YII=, Basic realm="x"', ["negotiate", "basic realm=x"]],
    ['Negotiate YIIa+/b==, Basic realm="x"', ["negotiate", "basic realm=x"]],
    ['Digest a="x, y=\\"z\\"", nonce=1 , Basic', ['digest a=x, y="z" nonce=1', "basic"]],
    ['Bearer realm = "x" , error="invalid_token"', ["bearer realm=x error=invalid_token"]],
    ['Bearer realm="first",realm="second"', ["bearer realm=first"]],
    [', ,Basic realm="x",,', ["basic realm=x"]],
    ['Bearer realm="open', ["bearer"]],
    ['Basic realm="x"; Bearer', ["basic realm=x"]],
    ["", []],
    ['="x"', []],
    ["\u0000", []],
  ])("of %j are %j", (header, challenges) => {
    expect(told(header)).toEqual(challenges);
  });

  it("are found again in any header that was made of them", () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const parameters = fc.dictionary(token, fc.string(), { minKeys: 1, maxKeys: 4, noNullPrototype: true });
    const challenge = fc.record({ scheme: token, parameters });
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), (challenges) => {
        const quote = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
        const header = challenges.map((one) => {
          const pairs = Object.entries(one.parameters).map(([name, value]) => `${name}=${quote(value)}`);
          return `${one.scheme} ${pairs.join(",")}`;
        });
        const found = parseChallenges(header.join(", "));
        expect(
          found.map(({ scheme, parameters: named }) => ({ scheme, parameters: Object.fromEntries(named) })),
        ).toEqual(challenges);
      }),
    );
  });

  it("never fail to be read", () => {
    const unit = fc.constantFrom(...'aB="\\\\, \t;:/\0é');
    fc.assert(fc.property(fc.string({ unit }), (header) => void parseChallenges(header)));
  });

  it("are sixteen at most", () => {
    expect(parseChallenges("Basic,".repeat(1000))).toHaveLength(16);
  });

  it("are read in time in proportion to the header", () => {
    const before = process.cpuUsage();
    for (const unit of ['"', "\\", 'a="', "a=", "a ", "=", "a=b,", ", "])
      parseChallenges(`B ${unit.repeat(16_000)}`);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
