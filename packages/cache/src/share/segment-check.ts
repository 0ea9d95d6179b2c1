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

/** Checks ranges that follow one another. */
class RangeCheck {
  readonly #ranges: readonly ExpectedRange[];
  #next = 0;
  #hash: Hash = createHash("sha256");
  #position = 0;
  #state: "sound" | "wrong" = "sound";

  constructor(ranges: readonly ExpectedRange[]) {
    this.#ranges = ranges;
  }

  take(chunk: Uint8Array): void {
    const end = this.#position + chunk.length;
    for (;;) {
      const range = this.#ranges[this.#next];
      if (range === undefined || this.#state === "wrong" || range.offset >= end) break;
      // One that begins before the last one's end.
      if (range.offset + range.size < this.#position) {
        this.#state = "wrong";
        break;
      }
      const from = Math.max(range.offset, this.#position);
      const to = Math.min(range.offset + range.size, end);
      this.#hash.update(chunk.subarray(from - this.#position, to - this.#position));
      if (to < range.offset + range.size) break;
      if (this.#hash.digest("hex") !== range.hex) this.#state = "wrong";
      this.#hash = createHash("sha256");
      this.#next += 1;
    }
    this.#position = end;
  }

  isSound(): boolean {
    return this.#state === "sound" && this.#next === this.#ranges.length;
  }
}
