import { describe, expect, it } from "vitest";
import { cacheFlags } from "./cache-flags.js";

describe("cacheFlags", () => {
  it.each([
    ["type=local,dest=a", { type: "local", dest: "a" }],
    ['type=local,"dest=a,b",mode=max', { type: "local", dest: "a,b", mode: "max" }],
    [
      "type=local,dest=a,mode=min,mounts=true,reset=0,ignore-error=T",
      { type: "local", dest: "a", mode: "min", mounts: true, reset: false, ignoreError: true },
    ],
    ["Type=local,DEST=a,mounts=", { type: "local", dest: "a" }],
  ])("reads --cache-to %s", (text, expected) => {
    expect(cacheFlags({ cacheTo: [text] }).cacheTo).toEqual([expected]);
  });

  it("reads --cache-from, several times", () => {
    const texts = ["type=local,src=a", "src=b,type=local"];
    expect(cacheFlags({ cacheFrom: texts }).cacheFrom).toEqual([
      { type: "local", src: "a" },
      { type: "local", src: "b" },
    ]);
  });

  it.each([
    ["type=registry,ref=x/y", "caches of type=registry are not supported, only those of type=local are"],
    ["x/y", "caches of type=registry are not supported, only those of type=local are"],
    ["type=gha", "caches of type=gha are not supported, only those of type=local are"],
    ["dest=a", "it names no type"],
    ["type=local", "it names no dest"],
    ["type=local,dest=", "it names no dest"],
    ["type=local,dest=a,mode=all", "the mode all is neither min nor max"],
    ["type=local,dest=a,mounts=yes", "mounts is true or false, not yes"],
    [
      "type=local,dest=a,compression=zstd",
      "compression is not known; type=local knows dest, mounts, mode, reset, ignore-error",
    ],
    ['type=local,dest="a', "a quote stands inside a field"],
    ["type=local,dest", "not key=value: dest"],
  ])("refuses --cache-to %s", (text, problem) => {
    expect(() => cacheFlags({ cacheTo: [text] })).toThrow(`--cache-to ${text}: ${problem}`);
  });

  it.each([
    ["type=local", "it names no src"],
    ["type=local,src=a,tag=b", "tag is not known; type=local knows src"],
    ["user/app:cache", "caches of type=registry are not supported, only those of type=local are"],
  ])("refuses --cache-from %s", (text, problem) => {
    expect(() => cacheFlags({ cacheFrom: [text] })).toThrow(`--cache-from ${text}: ${problem}`);
  });
});
