import { type Digest, digestAt, parseDigest } from "@oci-build/oci";

const digestSize = 32;

interface DigestRun {
  readonly fromRow: number;
  readonly count: number;
}

/** The digests of files by row, 32 bytes each; allocated with the first one. */
export class DigestColumn {
  readonly #count: number;
  #bytes: Buffer | undefined;
  #known: Uint8Array | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  /** Those of all rows; undefined before the first one is known. */
  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  has(row: number): boolean {
    return this.#known?.[row] === 1;
  }

  get(row: number): Digest | undefined {
    if (this.#known?.[row] !== 1 || this.#bytes === undefined) return undefined;
    return digestAt(this.#bytes, row * digestSize);
  }

  /** Where the 32 bytes of a digest stand, if it is known. */
  bytesOf(row: number): { readonly bytes: Buffer; readonly offset: number } | undefined {
    if (this.#known?.[row] !== 1 || this.#bytes === undefined) return undefined;
    return { bytes: this.#bytes, offset: row * digestSize };
  }

  /** Remembers a SHA-256, given in hex. */
  set(row: number, hex: string): Digest {
    this.#allocate(row).write(hex, row * digestSize, digestSize, "hex");
    return parseDigest(`sha256:${hex}`);
  }

  /** Takes a digest over from a row of another column's bytes. */
  copy(row: number, from: Uint8Array, fromRow: number): void {
    const bytes = this.#allocate(row);
    const start = row * digestSize;
    const fromStart = fromRow * digestSize;
    for (let at = 0; at < digestSize; at++) bytes[start + at] = from[fromStart + at] ?? 0;
  }

  /** The same for a run of rows, of both columns. */
  copyRun(row: number, from: Uint8Array, { fromRow, count }: DigestRun): void {
    const bytes = this.#allocate(row);
    bytes.set(from.subarray(fromRow * digestSize, (fromRow + count) * digestSize), row * digestSize);
    this.#known?.fill(1, row, row + count);
  }

  #allocate(row: number): Buffer {
    this.#bytes ??= Buffer.alloc(this.#count * digestSize);
    this.#known ??= new Uint8Array(this.#count);
    this.#known[row] = 1;
    return this.#bytes;
  }
}
