import { describe, expect, it } from "vitest";
import { checkDockerfile, parseDockerfile } from "../src/index.js";

/** The value behind a proxy that counts every read of it and of what it holds. */
function countReads<T extends object>(root: T): { readonly value: T; readonly reads: () => number } {
  let reads = 0;
  const proxies = new WeakMap<object, object>();
  const wrap = <V>(value: V): V => {
    if (typeof value !== "object" || value === null) return value;
    const known = proxies.get(value);
    if (known !== undefined) return known as V;
    const proxy = new Proxy(value, {
      get: (target, key, receiver) => {
        reads += 1;
        return wrap(Reflect.get(target, key, receiver) as unknown);
      },
    });
    proxies.set(value, proxy);
    return proxy;
  };
  return { value: wrap(root), reads: () => reads };
}

/** Texts of any size that ask for much: the sizes are numbers of lines. */
const texts: Readonly<Record<string, (size: number) => string>> = {
  "stages on stages": (size) =>
    `FROM scratch AS s0\n${repeat(size, (i) => `FROM s${i} AS s${i + 1}\nENV v${i}=$v0\nWORKDIR x\n`)}`,
  "stages beside each other": (size) =>
    `FROM scratch AS s0\n${repeat(size, (i) => `FROM s0 AS S${i}\nCOPY --from=S${i} a b\nCMD a\nCMD b\n`)}`,
  "undefined variables": (size) =>
    `FROM scratch\n${repeat(size, (i) => `COPY $v${i} /\nENV w${i}=$w${i}\n`)}`,
  "undeclared arguments": (size) =>
    repeat(size, (i) => `ARG a${i}\n`) + repeat(size, (i) => `FROM $b${i} as c${i}\n`),
  "a body of variables": (size) => `FROM scratch\nCOPY <<E /\n${repeat(size, (i) => `$v${i}\n`)}E\n`,
  "values that double": (size) => `FROM scratch\nENV a=b\n${"ENV a=$a$a\n".repeat(size)}`,
  "empty lines": (size) => `FROM a\nRUN a${" \\\n\n b".repeat(size)}`,
  "copies before installs": (size) =>
    `FROM a AS b0\n${repeat(size, (i) => `COPY . .\nRUN npm ci\nFROM b${i} AS b${i + 1}\n`)}`,
  "comments that skip": (size) => `FROM a\n${"# check=skip=JSONArgsRecommended\nCMD a\n".repeat(size)}`,
};

function repeat(size: number, line: (index: number) => string): string {
  return Array.from({ length: size }, (_, index) => line(index)).join("");
}

function work(text: string): number {
  const { value, reads } = countReads(parseDockerfile(text));
  checkDockerfile(value);
  return reads();
}

describe("checkDockerfile", () => {
  it.each(Object.entries(texts))("reads the tree in linear work: %s", (_name, make) => {
    const small = work(make(100));
    const large = work(make(400));
    expect(large).toBeLessThan(small * 4 * 1.3);
  });

  it("takes a stage of 130,000 instructions and a chain of 5,000 stages", () => {
    expect(checkDockerfile(parseDockerfile(`FROM a\n${"USER b\n".repeat(130_000)}`)).diagnostics).toEqual([]);
    const chain = `FROM a AS s0\n${repeat(5_000, (i) => `FROM s${i} AS s${i + 1}\n`)}`;
    expect(checkDockerfile(parseDockerfile(chain)).diagnostics).toEqual([]);
  });
});
