import { digestOf, type LayerSegment } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { encodeSegments, listSegments, openSegments } from "./segment-table.js";

const blob = { digest: digestOf("blob"), size: 2 ** 40 + 3 };

function segment(index: number, more: Partial<LayerSegment> = {}): LayerSegment {
  return {
    key: `${digestOf(`raw ${index}`).slice(7)}-gzip-6-1.3.1-x64`,
    compression: "gzip",
    rawOffset: index * 2 ** 33,
    rawSize: 4 * 1024 * 1024 - index,
    rawCrc32: 2 ** 32 - 1 - index,
    offset: 10 + index * 2 ** 32,
    size: 1000 + index,
    digest: digestOf(`encoded ${index}`),
    ...more,
  };
}

describe("a segment table", () => {
  it.each([0, 1, 50])("gives back %i segments and their blob", (count) => {
    const segments = Array.from({ length: count }, (_, index) => segment(index));
    const table = openSegments(encodeSegments(blob, segments));
    expect(listSegments(table)).toEqual(segments);
    expect(table).toMatchObject({ ...blob, count });
    expect(segments.map((_, row) => table.key(row))).toEqual(segments.map(({ key }) => key));
  });

  it("takes 124 bytes a segment", () => {
    const sizes = [10, 11].map(
      (count) =>
        encodeSegments(
          blob,
          Array.from({ length: count }, (_, i) => segment(i)),
        ).length,
    );
    expect((sizes[1] ?? 0) - (sizes[0] ?? 0)).toBe(124);
  });

  it("keeps what large files' parts are found by, and nothing for all others", () => {
    const filePrefix = digestOf("a beginning");
    const table = openSegments(encodeSegments(blob, [segment(0), segment(1, { filePrefix })]));
    expect([0, 1].map((row) => table.prefixName(row))).toEqual([
      undefined,
      `${filePrefix.slice(7)}-gzip-6-1.3.1-x64`,
    ]);
    expect(listSegments(table).map((one) => one.filePrefix)).toEqual([undefined, filePrefix]);
  });

  it.each(["none", "gzip", "zstd"] as const)("keeps the compression %s", (compression) => {
    const key = `${digestOf("raw").slice(7)}-${compression}`;
    expect(
      listSegments(openSegments(encodeSegments(blob, [segment(0, { compression, key })]))),
    ).toMatchObject([{ compression, key }]);
  });

  it.each([
    ["no header", (bytes: Buffer) => bytes.subarray(0, 47)],
    ["a cut row", (bytes: Buffer) => bytes.subarray(0, 100)],
    ["bytes behind its end", (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)])],
    ["more rows than it has", (bytes: Buffer) => bytes.fill(0xff, 40, 44)],
    ["an unknown compression", (bytes: Buffer) => bytes.fill(9, 44, 45)],
  ])("with %s is refused", (_, change) => {
    const bytes = encodeSegments(blob, [segment(0), segment(1)]);
    expect(() => openSegments(change(bytes))).toThrow(RangeError);
  });

  it("holds segments of one form only", () => {
    const other = segment(1, { key: segment(1).key.replace("gzip-6", "gzip-9") });
    expect(() => encodeSegments(blob, [segment(0), other])).toThrow(TypeError);
  });
});
