import { overLimit } from "./over-limit.js";

/** The bytes of a tar as they come, one chunk at hand at a time. */
export class ChunkCursor {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #maxBytes: number;
  #chunk: Buffer = Buffer.alloc(0);
  #offset = 0;
  #state: "open" | "done" | "failed" = "open";

  constructor(source: AsyncIterable<Uint8Array>, maxBytes: number) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#maxBytes = maxBytes;
  }

  /** The bytes at hand. */
  get chunk(): Buffer {
    return this.#chunk;
  }

  /** Where in the tar the bytes at hand begin. */
  get offset(): number {
    return this.#offset;
  }

  /** Where they end; all that came so far. */
  get end(): number {
    return this.#offset + this.#chunk.length;
  }

  /** Takes the next chunk in place of the one at hand; false at the end, where none is at hand any more.
   * @throws OciBuildError TAR_LIMIT_EXCEEDED; what the source throws */
  async advance(): Promise<boolean> {
    if (this.#state !== "open") return false;
    this.#offset = this.end;
    this.#chunk = Buffer.alloc(0);
    const next = await this.#next();
    if (next.done === true) {
      this.#state = "done";
      return false;
    }
    const { value } = next;
    this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (this.end > this.#maxBytes) throw overLimit("bytes", this.#maxBytes);
    return true;
  }

  /** Ends the source, if it did not end by itself. */
  async close(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "done";
    await this.#chunks.return?.();
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      this.#state = "failed";
      throw error;
    }
  }
}
