import { describe, expect, it } from "vitest";
import type { LayerCompression } from "./build-options.js";
import { resolveCompression } from "./compression.js";

describe("resolveCompression", () => {
  it.each<[LayerCompression | undefined, object]>([
    [undefined, { type: "gzip", level: 6 }],
    [{}, { type: "gzip", level: 6 }],
    [{ level: 0 }, { type: "gzip", level: 0 }],
    [
      { type: "gzip", level: 9 },
      { type: "gzip", level: 9 },
    ],
    [{ type: "zstd" }, { type: "zstd", level: 3 }],
    [
      { type: "zstd", level: 22 },
      { type: "zstd", level: 22 },
    ],
    [{ type: "uncompressed" }, { type: "uncompressed", level: 0 }],
  ])("fills in %j", (option, resolved) => {
    expect(resolveCompression(option)).toEqual(resolved);
  });

  it.each([
    [{ type: "gzip", level: 10 }, "compression-level 10: gzip has the levels 0 to 9"],
    [{ type: "gzip", level: -1 }, "compression-level -1: gzip has the levels 0 to 9"],
    [{ type: "gzip", level: 1.5 }, "compression-level 1.5: gzip has the levels 0 to 9"],
    [{ type: "zstd", level: 0 }, "compression-level 0: zstd has the levels 1 to 22"],
    [{ type: "zstd", level: 23 }, "compression-level 23: zstd has the levels 1 to 22"],
    [{ type: "uncompressed", level: 1 }, "compression-level 1: what is uncompressed has no level"],
    [{ type: "estargz" }, "compression estargz: it is one of gzip, zstd, uncompressed"],
    [{ level: Number.NaN }, "compression-level NaN: gzip has the levels 0 to 9"],
  ])("refuses %j", (option, message) => {
    expect(() => resolveCompression(option as LayerCompression)).toThrowError(
      expect.objectContaining({ code: "OPTION_INVALID", message }),
    );
  });
});
