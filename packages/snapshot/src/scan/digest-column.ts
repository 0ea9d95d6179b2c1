import { type Digest, parseDigest } from "@oci-build/oci";

const digestSize = 32;

/** The digests of files by row, 32 bytes each; allocated with the first one. */
export class DigestColumn {
  readonly #count: number;
  #bytes: Buffer | undefined;
  #known: Uint8Array | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  get(row: number): Digest | undefined {
    if (this.#known?.[row] !== 1 || this.#bytes === undefined) return undefined;
    return parseDigest(`sha256:${this.#bytes.toString("hex", row * digestSize, (row + 1) * digestSize)}`);
  }

  /** Where the 32 bytes of a digest stand, if it is known. */
  bytesOf(row: number): { readonly bytes: Buffer; readonly offset: number } | undefined {
    if (this.#known?.[row] !== 1 || this.#bytes === undefined) return undefined;
    return { bytes: this.#bytes, offset: row * digestSize };
  }

  /** Remembers a SHA-256, given in hex. */
  set(row: number, hex: string): Digest {
    this.#bytes ??= Buffer.alloc(this.#count * digestSize);
    this.#known ??= new Uint8Array(this.#count);
    this.#bytes.write(hex, row * digestSize, digestSize, "hex");
    this.#known[row] = 1;
    return parseDigest(`sha256:${hex}`);
  }
}
