import { malformedTar } from "./malformed-tar.js";

/** A member as tar-stream gives it. */
export interface MemberStream extends AsyncIterable<unknown> {
  resume(): unknown;
}

export interface MemberBodyOptions {
  readonly size: number;
  /** What to throw for an error of the stream. */
  readonly failureOf: (error: unknown) => unknown;
}

/** A member's bytes, once. Leaving a loop over it early leaves the tar as it is: `skip` goes on from there.
 * Its iterators have no `return` on purpose, since tar-stream takes the end of one member for the end of all. */
export class MemberBody implements AsyncIterable<Uint8Array> {
  readonly #stream: MemberStream;
  readonly #options: MemberBodyOptions;
  #iterator: AsyncIterator<unknown> | undefined;
  #bytes = 0;

  constructor(stream: MemberStream, options: MemberBodyOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() };
  }

  /** Goes to the end of the bytes. */
  async skip(): Promise<void> {
    if (this.#iterator === undefined) {
      this.#stream.resume();
      return;
    }
    while ((await this.#next()).done !== true);
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const iterator = this.#iterator ?? this.#stream[Symbol.asyncIterator]();
    this.#iterator = iterator;
    const { failureOf, size } = this.#options;
    try {
      const next = (await iterator.next()) as IteratorResult<Uint8Array>;
      if (next.done !== true) this.#bytes += next.value.length;
      else if (this.#bytes !== size) throw malformedTar("it ends inside a member");
      return next;
    } catch (error) {
      throw failureOf(error);
    }
  }
}
