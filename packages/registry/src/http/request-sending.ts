import type { RequestBody } from "./transport.js";
import type { Watchdog } from "./watchdog.js";

/** What a line of 5 KB/s takes within the time that a body may stand still. */
const PIECE_MAX_BYTES = 256 * 1024;

/** How long what may take. */
export interface SendingLimits {
  readonly idleMs: number;
  /** From the last byte of the request to the answer. */
  readonly answerMs: number;
}

/** The body of one request on its way. Its watchdog counts the time in which the server takes nothing; a source that
 * is slow to give is not the server's fault. */
export class RequestSending {
  #sourceFailure: { readonly error: unknown } | undefined;
  readonly #source: RequestBody | undefined;
  readonly #watchdog: Watchdog;
  readonly #limits: SendingLimits;

  constructor(source: RequestBody | undefined, watchdog: Watchdog, limits: SendingLimits) {
    this.#source = source;
    this.#watchdog = watchdog;
    this.#limits = limits;
  }

  /** Empty for a body without bytes: undici says then that its length is 0. */
  get headers(): Readonly<Record<string, string>> {
    return this.#source === undefined || this.#source.size === 0
      ? {}
      : { "content-length": String(this.#source.size) };
  }

  /** The bytes from their beginning. */
  open(): Uint8Array | AsyncIterable<Uint8Array> | null {
    if (this.#source === undefined || this.#source.size === 0) return null;
    const opened = this.#open(this.#source);
    return opened instanceof Uint8Array ? opened : this.#watch(opened);
  }

  /** Throws what the body's source failed with, as it is. */
  throwSourceError(): void {
    if (this.#sourceFailure !== undefined) throw this.#sourceFailure.error;
  }

  #open(source: RequestBody): Uint8Array | AsyncIterable<Uint8Array> {
    try {
      return source.open();
    } catch (error) {
      this.#sourceFailure = { error };
      throw error;
    }
  }

  async *#watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const chunks = inPieces(this.#catching(source));
    for (;;) {
      this.#watchdog.stop();
      const { done, value } = await chunks.next();
      if (done === true) break;
      this.#watchdog.start(this.#limits.idleMs);
      yield value;
    }
    this.#watchdog.start(this.#limits.answerMs);
  }

  async *#catching(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    try {
      yield* source;
    } catch (error) {
      this.#sourceFailure = { error };
      throw error;
    }
  }
}

async function* inPieces(source: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += PIECE_MAX_BYTES) yield chunk.subarray(at, at + PIECE_MAX_BYTES);
  }
}
