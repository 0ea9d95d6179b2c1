import { createHash, type Hash } from "node:crypto";
import { encodePath, isUtf8Path } from "@oci-build/oci";

const chunkSize = 64 * 1024;

/** The longest encoding of one UTF-16 code unit, in bytes. */
const bytesAUnit = 3;

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
  #used = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#used = this.#chunk.writeUInt8(value, this.#used);
  }

  number(value: number): void {
    this.#reserve(8);
    this.#used = this.#chunk.writeDoubleLE(value, this.#used);
  }

  text(value: string): void {
    if (!isUtf8Path(value) || value.length * bytesAUnit > chunkSize - 4) {
      this.bytes(encodePath(value));
      return;
    }
    this.#reserve(4 + value.length * bytesAUnit);
    const length = this.#chunk.write(value, this.#used + 4, "utf8");
    this.#chunk.writeUInt32LE(length, this.#used);
    this.#used += 4 + length;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(4);
    this.#used = this.#chunk.writeUInt32LE(value.length, this.#used);
    this.#flush();
    this.#hash.update(value);
  }

  /** Bytes given in hex, at most a chunk of them. */
  hex(value: string): void {
    const length = value.length / 2;
    this.#reserve(4 + length);
    this.#used = this.#chunk.writeUInt32LE(length, this.#used);
    this.#used += this.#chunk.write(value, this.#used, length, "hex");
  }

  /** The SHA-256 of all that was written, in hex; nothing can be written after. */
  finish(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  #reserve(size: number): void {
    if (this.#used + size > chunkSize) this.#flush();
  }

  #flush(): void {
    this.#hash.update(this.#chunk.subarray(0, this.#used));
    this.#used = 0;
  }
}
