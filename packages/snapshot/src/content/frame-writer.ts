import { createHash, type Hash } from "node:crypto";
import { encodePath } from "@oci-build/oci";

const chunkSize = 64 * 1024;

const noBytes = new Uint8Array(0);

/** Hashes values so that no two sequences of values give the same bytes: numbers have fixed widths, texts and bytes
 * carry their lengths. Little-endian.
 *
 * | value | bytes |
 * |---|---|
 * | byte | 1 |
 * | number | 8, as an IEEE double: exact for all integers that a tree can hold |
 * | text | 4 of length, then UTF-8 (`encodePath`) |
 * | bytes | 4 of length, then themselves | */
export class FrameWriter {
  readonly #hash: Hash = createHash("sha256");
  readonly #chunk: Buffer = Buffer.allocUnsafe(chunkSize);
  readonly #view: DataView = new DataView(this.#chunk.buffer, this.#chunk.byteOffset, chunkSize);
  #used = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#chunk[this.#used++] = value;
  }

  number(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#used, value, true);
    this.#used += 8;
  }

  text(value: string): void {
    if (4 + value.length > chunkSize) {
      this.bytes(encodePath(value));
      return;
    }
    this.#reserve(4 + value.length);
    if (!this.#ascii(value)) this.bytes(encodePath(value));
  }

  bytes(value: Uint8Array): void {
    this.#reserve(4);
    this.#length(value.length);
    this.#flush();
    this.#hash.update(value);
  }

  /** Bytes given in hex, fewer than a chunk. */
  hex(value: string): void {
    const length = value.length / 2;
    this.#reserve(4 + length);
    this.#length(length);
    this.#used += this.#chunk.write(value, this.#used, length, "hex");
  }

  /** A text that begins with bytes which were encoded before. */
  textBehind(prefix: Uint8Array, value: string): void {
    const length = prefix.length + value.length;
    if (4 + length <= chunkSize) {
      this.#reserve(4 + length);
      if (this.#asciiBehind(prefix, value)) return;
    }
    this.bytes(Buffer.concat([prefix, encodePath(value)]));
  }

  /** A part of some bytes that is smaller than a chunk. */
  slice(source: Uint8Array, offset: number, length: number): void {
    this.#reserve(4 + length);
    this.#length(length);
    for (let index = 0; index < length; index++)
      this.#chunk[this.#used + index] = source[offset + index] ?? 0;
    this.#used += length;
  }

  /** The SHA-256 of all that was written, in hex; nothing can be written after. */
  finish(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  /** Most texts are ASCII, and short: writing them here is some three times faster than a call of `Buffer.write`.
   * Gives false, with nothing written, when the text is not. */
  #ascii(value: string): boolean {
    return this.#asciiBehind(noBytes, value);
  }

  #asciiBehind(prefix: Uint8Array, value: string): boolean {
    const start = this.#used + 4 + prefix.length;
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      if (unit >= 0x80) return false;
      this.#chunk[start + index] = unit;
    }
    this.#length(prefix.length + value.length);
    for (let index = 0; index < prefix.length; index++) this.#chunk[this.#used + index] = prefix[index] ?? 0;
    this.#used += prefix.length + value.length;
    return true;
  }

  #length(value: number): void {
    this.#view.setUint32(this.#used, value, true);
    this.#used += 4;
  }

  #reserve(size: number): void {
    if (this.#used + size > chunkSize) this.#flush();
  }

  #flush(): void {
    this.#hash.update(this.#chunk.subarray(0, this.#used));
    this.#used = 0;
  }
}
