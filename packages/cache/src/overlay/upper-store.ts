import type { Cache } from "../cache.js";

/** A store that is made when something is first to be written to it, and again after it was removed. */
export class UpperStore {
  readonly #dir: string;
  readonly #open: (dir: string) => Promise<Cache>;
  readonly #removeTree: (path: string) => Promise<void>;
  #opening: Promise<Cache> | undefined;

  constructor(
    dir: string,
    open: (dir: string) => Promise<Cache>,
    removeTree: (path: string) => Promise<void>,
  ) {
    [this.#dir, this.#open, this.#removeTree] = [dir, open, removeTree];
  }

  /** For writing. */
  opened(): Promise<Cache> {
    this.#opening ??= this.#open(this.#dir);
    return this.#opening;
  }

  /** What a reading gives, or undefined as long as nothing was written. */
  async find<T>(read: (cache: Cache) => Promise<T | undefined>): Promise<T | undefined> {
    return this.#opening === undefined ? undefined : read(await this.#opening);
  }

  async remove(): Promise<void> {
    this.#opening = undefined;
    await this.#removeTree(this.#dir);
  }
}
