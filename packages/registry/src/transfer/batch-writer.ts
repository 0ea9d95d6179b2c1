/** What comes off a socket is 64 KiB or less; files are written with fewer calls than that. */
const BATCH_BYTES = 1024 * 1024;

/** Gathers small chunks into large ones. A batch is written while the next is gathered, in two buffers that take turns:
 * fresh ones would be the garbage of a whole image. */
export class BatchWriter {
  readonly #write: (chunk: Uint8Array) => Promise<void>;
  #filling: Buffer;
  #spare: Buffer;
  #filled = 0;
  #writing: Promise<void> = Promise.resolve();

  /** `size` bytes are expected; more are no harm. */
  constructor(write: (chunk: Uint8Array) => Promise<void>, size: number) {
    this.#write = write;
    const batchBytes = Math.min(Math.max(size, 1), BATCH_BYTES);
    this.#filling = Buffer.allocUnsafeSlow(batchBytes);
    this.#spare = Buffer.allocUnsafeSlow(size > batchBytes ? batchBytes : 1);
  }

  /** Takes the bytes of a chunk. Fails when an earlier batch failed. */
  async add(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + this.#filling.length - this.#filled);
      this.#filling.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#filling.length) await this.#startWrite();
    }
  }

  /** Writes what is left, and waits for all. */
  async finish(): Promise<void> {
    if (this.#filled > 0) await this.#startWrite();
    await this.#writing;
  }

  /** Waits for what is being written, however that ends: nothing is written after this. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#writing]);
  }

  async #startWrite(): Promise<void> {
    await this.#writing;
    const full = this.#filling;
    const length = this.#filled;
    this.#filling = this.#spare;
    this.#spare = full;
    this.#filled = 0;
    this.#writing = this.#write(full.subarray(0, length));
    // A failure is thrown when the next batch is there, or at the end.
    this.#writing.catch(() => undefined);
  }
}
