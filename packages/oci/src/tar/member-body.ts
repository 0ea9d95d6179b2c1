import type { ChunkCursor } from "./chunk-cursor.js";
import { malformedTar } from "./malformed-tar.js";

/** A file's bytes in a tar that is read on its way, once. Leaving a loop over them early leaves the tar as it is: its
 * iterators have no `return`, and whoever reads the tar on finds the place of the next header by itself. */
export class MemberBody implements AsyncIterable<Uint8Array> {
  readonly #cursor: ChunkCursor;
  readonly #end: number;
  #next: number;

  constructor(cursor: ChunkCursor, start: number, size: number) {
    this.#cursor = cursor;
    this.#next = start;
    this.#end = start + size;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#read() };
  }

  async #read(): Promise<IteratorResult<Uint8Array>> {
    const start = this.#next;
    if (start >= this.#end) return { done: true, value: undefined };
    const cursor = this.#cursor;
    if (start < cursor.offset) throw new TypeError("the next member was asked for before this body was read");
    while (start >= cursor.end) {
      if (!(await cursor.advance())) throw malformedTar("it ends inside a member");
    }
    this.#next = Math.min(this.#end, cursor.end);
    return { done: false, value: cursor.chunk.subarray(start - cursor.offset, this.#next - cursor.offset) };
  }
}
