import { describe, expect, it } from "vitest";
import { compressorId, type LayerEncoding, layerForm } from "./layer-form.js";

const keep = { kind: "keep" } as const;
const encodings: readonly LayerEncoding[] = [
  { compression: "gzip", level: 6, timePolicy: keep },
  { compression: "gzip", level: 9, timePolicy: keep },
  { compression: "zstd", level: 6, timePolicy: keep },
  { compression: "none", level: 6, timePolicy: keep },
  { compression: "gzip", level: 6, timePolicy: { kind: "clamp", epochSec: 0 } },
  { compression: "gzip", level: 6, timePolicy: { kind: "set", epochSec: 0 } },
  { compression: "gzip", level: 6, timePolicy: { kind: "set", epochSec: 1 } },
];

describe("layerForm", () => {
  it("names every encoding differently", () => {
    expect(new Set(encodings.map(layerForm)).size).toBe(encodings.length);
  });

  it("names the format, the codec, the level, the compressor and the times", () => {
    const encoding: LayerEncoding = {
      compression: "gzip",
      level: 6,
      timePolicy: { kind: "clamp", epochSec: 5 },
    };
    expect(layerForm(encoding)).toBe(`v1;gzip-6;zlib-${process.versions.zlib}-${process.arch};times-clamp-5`);
  });

  it("has no level and no compressor where nothing is compressed", () => {
    const [six, nine] = [6, 9].map((level) => layerForm({ compression: "none", level, timePolicy: keep }));
    expect(six).toBe("v1;none;times-keep");
    expect(nine).toBe(six);
  });
});

describe("compressorId", () => {
  it("says unknown where this process has no such library", () => {
    expect(compressorId("zstd")).toMatch(/^zstd-(unknown|[0-9.]+)-/);
  });
});
