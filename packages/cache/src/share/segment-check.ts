import { createHash, type Hash } from "node:crypto";
import { digestHex, type LayerSegment } from "@oci-build/oci";

/** A run of bytes that is to have a digest. */
interface ExpectedRange {
  readonly offset: number;
  readonly size: number;
  readonly hex: string;
}

/** Holds a layer's segments to the bytes that pass by: to the blob's, and to those of the tar in it. */
export class SegmentCheck {
  readonly #stored: RangeCheck;
  readonly #raw: RangeCheck;

  constructor(segments: readonly LayerSegment[]) {
    this.#stored = new RangeCheck(
      segments.map(({ offset, size, digest }) => ({ offset, size, hex: digestHex(digest) })),
    );
    this.#raw = new RangeCheck(
      segments.map(({ rawOffset, rawSize, key }) => ({
        offset: rawOffset,
        size: rawSize,
        hex: key.slice(0, key.indexOf("-")),
      })),
    );
  }

  /** Takes the next bytes of the blob. */
  stored(chunk: Uint8Array): void {
    this.#stored.take(chunk);
  }

  /** Takes the next bytes of the tar. */
  raw(chunk: Uint8Array): void {
    this.#raw.take(chunk);
  }

  /** Whether all segments were as they should be, once all bytes have passed. */
  isSound(): boolean {
    return this.#stored.isSound() && this.#raw.isSound();
  }
}

/** Checks ranges, which are to follow one another. */
class RangeCheck {
  readonly #ranges: readonly ExpectedRange[];
  #next = 0;
  #hash: Hash = createHash("sha256");
  #position = 0;
  #state: "sound" | "wrong";

  constructor(ranges: readonly ExpectedRange[]) {
    this.#ranges = ranges;
    this.#state = areInOrder(ranges) ? "sound" : "wrong";
  }

  take(chunk: Uint8Array): void {
    const start = this.#position;
    this.#position += chunk.length;
    while (this.#state === "sound") {
      const range = this.#ranges[this.#next];
      if (range === undefined || range.offset >= this.#position) return;
      const end = range.offset + range.size;
      this.#hash.update(chunk.subarray(Math.max(range.offset - start, 0), Math.max(end - start, 0)));
      if (end > this.#position) return;
      if (this.#hash.digest("hex") !== range.hex) this.#state = "wrong";
      this.#hash = createHash("sha256");
      this.#next += 1;
    }
  }

  isSound(): boolean {
    return this.#state === "sound" && this.#next === this.#ranges.length;
  }
}

function areInOrder(ranges: readonly ExpectedRange[]): boolean {
  return ranges.every(({ offset }, index) => {
    const before = ranges[index - 1];
    return before === undefined ? offset >= 0 : offset >= before.offset + before.size;
  });
}
