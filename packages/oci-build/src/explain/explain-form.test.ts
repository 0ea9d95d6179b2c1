import { describe, expect, it } from "vitest";
import { explainForm } from "./explain-form.js";

const gzip6 = "v1;gzip-6;zlib-1.3.1-x64;times-keep";

describe("explainForm", () => {
  it.each([
    [gzip6, "v1;gzip-9;zlib-1.3.1-x64;times-keep", "gzip level 6 → 9"],
    [gzip6, "v1;zstd-3;zstd-1.5.6-x64;times-keep", "gzip level 6 → zstd level 3"],
    [gzip6, "v1;none;times-keep", "gzip level 6 → uncompressed"],
    [gzip6, "v1;gzip-6;zlib-1.3.2-x64;times-keep", "zlib-1.3.1-x64 → zlib-1.3.2-x64"],
    [gzip6, "v1;gzip-6;zlib-1.3.1-x64;times-clamp-7", "times as they are → times up to 7"],
    ["v1;none;times-set-0", "v1;none;times-set-7", "times set to 0 → times set to 7"],
    [gzip6, "v2;gzip-6;zlib-1.3.1-x64;times-keep", "layer format 1 → layer format 2"],
  ])("tells what differs between %s and %s", (before, after, told) => {
    expect(explainForm(before, after)).toBe(told);
  });
});
