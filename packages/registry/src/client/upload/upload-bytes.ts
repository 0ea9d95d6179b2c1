import { type Descriptor, sizedBlob } from "@oci-build/oci";
import type { WriteBlobOptions } from "../repository.js";

/** The bytes of a blob for requests that each take a part of it. Parts that follow one another are read in one go;
 * where one has to be sent again, the blob is opened anew. Reports each byte once, however often it is sent. */
export class UploadBytes {
  readonly #blob: Pick<Descriptor, "digest" | "size">;
  readonly #options: WriteBlobOptions;
  #source: AsyncIterator<Uint8Array> | undefined;
  /** Where in the blob the source stands; before it, `#rest` is still to be given. */
  #position = 0;
  #rest: Uint8Array = new Uint8Array(0);
  #reported = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(blob: Pick<Descriptor, "digest" | "size">, options: WriteBlobOptions) {
    this.#blob = blob;
    this.#options = options;
  }

  /** What the source failed with; a request that breaks off for it has failed for nothing else. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** The bytes from one offset to another. */
  async *slice(from: number, to: number): AsyncGenerator<Uint8Array> {
    try {
      await this.#seek(from);
      for (let at = from; at < to; ) {
        const chunk = await this.#take(to - at);
        at += chunk.length;
        this.#report(at);
        yield chunk;
      }
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  async close(): Promise<void> {
    const source = this.#source;
    this.#source = undefined;
    await source?.return?.();
  }

  #report(offset: number): void {
    if (offset !== this.#reported) this.#options.onBytes?.(offset - this.#reported);
    this.#reported = offset;
  }

  async #seek(offset: number): Promise<void> {
    if (this.#source === undefined || this.#position - this.#rest.length !== offset) {
      await this.close();
      this.#source = sizedBlob(this.#options.open(), this.#blob)[Symbol.asyncIterator]();
      this.#position = 0;
      this.#rest = new Uint8Array(0);
    }
    this.#report(offset);
    while (this.#position - this.#rest.length < offset) {
      await this.#take(offset - (this.#position - this.#rest.length));
    }
  }

  /** The next bytes, at least one and at most as many as asked for. */
  async #take(most: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) this.#rest = await this.#next();
    const chunk = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(most);
    return chunk;
  }

  /** The source's end is seen before its last bytes are given away, so that a source which finds out there that it is
   * damaged breaks the request that would have completed the blob. */
  async #next(): Promise<Uint8Array> {
    const next = await this.#source?.next();
    if (next === undefined || next.done === true) throw new RangeError("read beyond the end of a blob");
    this.#position += next.value.length;
    if (this.#position === this.#blob.size) await this.#source?.next();
    return next.value;
  }
}
