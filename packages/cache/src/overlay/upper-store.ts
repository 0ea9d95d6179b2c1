import { rm } from "node:fs/promises";
import type { Cache } from "../cache.js";

/** A store that is made when something is first to be written to it, and again after it was removed. */
export class UpperStore {
  readonly #dir: string;
  readonly #open: (dir: string) => Promise<Cache>;
  #opening: Promise<Cache> | undefined;

  constructor(dir: string, open: (dir: string) => Promise<Cache>) {
    [this.#dir, this.#open] = [dir, open];
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
    await rm(this.#dir, { recursive: true, force: true });
  }
}
