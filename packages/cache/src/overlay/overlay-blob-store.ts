import type { Digest } from "@oci-build/oci";
import type { BlobRange, BlobStore, BlobWriter } from "../blob-store.js";
import type { UpperStore } from "./upper-store.js";

/** The blobs of two stores: what is written goes to the upper one, and what is forgotten is not looked for in the
 * lower one any more. */
export class OverlayBlobStore implements BlobStore {
  readonly #upper: UpperStore;
  readonly #lower: BlobStore;
  readonly #forgotten = new Set<Digest>();

  constructor(upper: UpperStore, lower: BlobStore) {
    [this.#upper, this.#lower] = [upper, lower];
  }

  async size(digest: Digest): Promise<number | undefined> {
    const size = await this.#upper.find(({ blobs }) => blobs.size(digest));
    return size ?? (this.isForgotten(digest) ? undefined : this.#lower.size(digest));
  }

  async *read(digest: Digest, range?: BlobRange): AsyncGenerator<Uint8Array, void, undefined> {
    const upperSize = await this.#upper.find(({ blobs }) => blobs.size(digest));
    const isUpper = upperSize !== undefined || this.isForgotten(digest);
    yield* (isUpper ? (await this.#upper.opened()).blobs : this.#lower).read(digest, range);
  }

  async writer(): Promise<BlobWriter> {
    return (await this.#upper.opened()).blobs.writer();
  }

  async forget(digest: Digest): Promise<void> {
    this.#forgotten.add(digest);
    await this.#upper.find(({ blobs }) => blobs.forget(digest));
  }

  /** True for a blob that the lower store has no more. */
  isForgotten(digest: Digest): boolean {
    return this.#forgotten.has(digest);
  }
}
