import type { FileHandle } from "node:fs/promises";

/** So much more of a file starts a flush. A disk of 400 MB/s takes a tenth of a second for it. */
export const FLUSH_EVERY_BYTES: number = 32 * 1024 * 1024;

/** Sends a file to the disk while it is still being written, so that the disk works while the bytes are made and
 * whoever waits for the whole file waits for its end only. One flush runs at a time. */
export class EarlyFlush {
  readonly #handle: Pick<FileHandle, "datasync">;
  #flushedBytes = 0;
  /** Never fails. */
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(handle: Pick<FileHandle, "datasync">) {
    this.#handle = handle;
  }

  /** Told how large the file is by now.
   * @throws what an earlier flush met with */
  grownTo(bytes: number): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#running !== undefined || bytes - this.#flushedBytes < FLUSH_EVERY_BYTES) return;
    this.#flushedBytes = bytes;
    this.#running = this.#flush();
  }

  /** Resolves when all of the file is on the disk.
   * @throws what any flush met with: systems tell of a lost write once, and the next flush succeeds */
  async finish(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
    await this.#handle.datasync();
  }

  async #flush(): Promise<void> {
    try {
      await this.#handle.datasync();
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#running = undefined;
    }
  }
}
