import { createHash } from "node:crypto";
import { digestOf, type LayerSegment } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SegmentCheck } from "./segment-check.js";

const stored = Buffer.from("headONEtwoTHREEtail");
const raw = Buffer.from("onetwothree");

/** A segment of the bytes above. */
function segment(offset: number, size: number, rawOffset: number, rawSize: number): LayerSegment {
  const hex = createHash("sha256")
    .update(raw.subarray(rawOffset, rawOffset + rawSize))
    .digest("hex");
  const digest = digestOf(stored.subarray(offset, offset + size));
  return {
    ...{ key: `${hex}-gzip`, compression: "gzip", rawCrc32: 0 },
    ...{ offset, size, digest, rawOffset, rawSize },
  };
}

const SEGMENTS = [segment(4, 3, 0, 3), segment(7, 3, 3, 3), segment(10, 5, 6, 5)] as const;

/** Whether segments are found sound when the bytes come in pieces of some size. */
function isSound(segments: readonly LayerSegment[], pieces: number, blob = stored, tar = raw): boolean {
  const check = new SegmentCheck(segments);
  for (let at = 0; at < blob.length; at += pieces) check.stored(blob.subarray(at, at + pieces));
  for (let at = 0; at < tar.length; at += pieces) check.raw(tar.subarray(at, at + pieces));
  return check.isSound();
}

describe("SegmentCheck", () => {
  it("finds segments sound, however the bytes are cut", () => {
    for (let pieces = 1; pieces <= stored.length; pieces++) expect(isSound(SEGMENTS, pieces)).toBe(true);
  });

  it("finds any other byte of a segment", () => {
    fc.assert(
      fc.property(
        fc.nat(stored.length - 1),
        fc.nat(raw.length - 1),
        fc.integer({ min: 1, max: 19 }),
        (a, b, pieces) => {
          const [blob, tar] = [Buffer.from(stored), Buffer.from(raw)];
          blob.writeUInt8(blob.readUInt8(a) ^ 1, a);
          tar.writeUInt8(tar.readUInt8(b) ^ 1, b);
          expect(isSound(SEGMENTS, pieces, blob)).toBe(a < 4 || a >= 15);
          expect(isSound(SEGMENTS, pieces, stored, tar)).toBe(false);
        },
      ),
    );
  });

  it.each([
    ["that overlap", [SEGMENTS[0], segment(6, 4, 3, 3), SEGMENTS[2]]],
    ["in another order", [SEGMENTS[1], SEGMENTS[0], SEGMENTS[2]]],
    ["beyond the end", [...SEGMENTS, segment(15, 9, 11, 0)]],
  ])("finds segments %s", (_, segments) => {
    for (const pieces of [1, 3, 100]) expect(isSound(segments, pieces)).toBe(false);
  });
});
