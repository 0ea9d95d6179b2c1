/** The bytes of a tar as they come, one chunk at hand at a time. */
export class ChunkCursor {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #checkSize: (size: number) => void;
  #chunk: Buffer = Buffer.alloc(0);
  #offset = 0;
  #state: "open" | "done" | "failed" = "open";

  /** `checkSize` is asked with the bytes that came so far, and throws when they are too many. */
  constructor(source: AsyncIterable<Uint8Array>, checkSize: (size: number) => void) {
    this.#checkSize = checkSize;
    this.#chunks = source[Symbol.asyncIterator]();
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
   * @throws what the source and `checkSize` throw */
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
    this.#checkSize(this.end);
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
