import type { FileReader } from "../entry.js";
import type { ChunkCursor } from "./chunk-cursor.js";
import { malformedTar } from "./malformed-tar.js";

/** A file's bytes in a tar that is read on its way, once. Leaving a loop over them early leaves the tar as it is: its
 * iterators have no `return`, and whoever reads the tar on finds the place of the next header by itself. */
export class MemberBody implements AsyncIterable<Uint8Array>, FileReader {
  readonly #cursor: ChunkCursor;
  readonly #end: number;
  #next: number;

  constructor(cursor: ChunkCursor, start: number, size: number) {
    this.#cursor = cursor;
    this.#next = start;
    this.#end = start + size;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#piece() };
  }

  read(target: Uint8Array): number | Promise<number> {
    if (this.#next >= this.#end) return 0;
    return this.#isAtHand() ? this.#give(target) : this.#readOn(target);
  }

  close(): void {
    // The tar goes on behind it.
  }

  async #piece(): Promise<IteratorResult<Uint8Array>> {
    const start = this.#next;
    if (start >= this.#end) return { done: true, value: undefined };
    if (!this.#isAtHand()) await this.#advance();
    const { chunk, offset, end } = this.#cursor;
    this.#next = Math.min(this.#end, end);
    return { done: false, value: chunk.subarray(start - offset, this.#next - offset) };
  }

  async #readOn(target: Uint8Array): Promise<number> {
    await this.#advance();
    return this.#give(target);
  }

  #give(target: Uint8Array): number {
    const { chunk, offset } = this.#cursor;
    const count = chunk.copy(target, 0, this.#next - offset, this.#end - offset);
    this.#next += count;
    return count;
  }

  #isAtHand(): boolean {
    const { offset, end } = this.#cursor;
    if (this.#next < offset) throw new TypeError("the next member was asked for before this body was read");
    return this.#next < end;
  }

  async #advance(): Promise<void> {
    do {
      if (!(await this.#cursor.advance())) throw malformedTar("it ends inside a member");
    } while (this.#next >= this.#cursor.end);
  }
}
