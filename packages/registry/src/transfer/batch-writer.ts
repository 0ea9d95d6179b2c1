/** What comes off a socket is 64 KiB or less; files are written with fewer calls than that. */
const BATCH_BYTES = 1024 * 1024;

/** Gathers small chunks into large ones. A batch is written while the next is gathered. */
export class BatchWriter {
  readonly #write: (chunk: Uint8Array) => Promise<void>;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(write: (chunk: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /** Takes a chunk, which is the writer's from then on. Fails when the last batch failed. */
  async add(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= BATCH_BYTES) await this.#startWrite();
  }

  /** Writes what is left, and waits for all. */
  async finish(): Promise<void> {
    if (this.#size > 0) await this.#startWrite();
    await this.#writing;
  }

  /** Waits for what is being written, however that ends: nothing is written after this. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#writing]);
  }

  async #startWrite(): Promise<void> {
    await this.#writing;
    const batch = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    this.#writing = this.#write(batch);
    // A failure is thrown when the next batch is there, or at the end.
    this.#writing.catch(() => undefined);
  }
}
