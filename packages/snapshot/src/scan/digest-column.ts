import { type Digest, parseDigest } from "@oci-build/oci";

const digestSize = 32;

/** The digests of files by row, 32 bytes each; allocated with the first one. */
export class DigestColumn {
  readonly #count: number;
  #bytes: Uint8Array | undefined;
  #known: Uint8Array | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  get(row: number): Digest | undefined {
    if (this.#known?.[row] !== 1 || this.#bytes === undefined) return undefined;
    const { buffer, byteOffset } = this.#bytes;
    const hex = Buffer.from(buffer, byteOffset + row * digestSize, digestSize).toString("hex");
    return parseDigest(`sha256:${hex}`);
  }

  set(row: number, digest: Uint8Array): Digest {
    this.#bytes ??= new Uint8Array(this.#count * digestSize);
    this.#known ??= new Uint8Array(this.#count);
    this.#bytes.set(digest, row * digestSize);
    this.#known[row] = 1;
    return parseDigest(`sha256:${Buffer.from(digest).toString("hex")}`);
  }
}
