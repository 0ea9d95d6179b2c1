import type { Readable } from "node:stream";
import type { HttpLimits } from "./http-limits.js";
import type { StallReason } from "./unreachable.js";

/** How often a body is looked at within the time that it may stand still. */
const LOOKS_PER_IDLE_TIME = 4;

/** Reads a body once, and makes an end of it when it stands still or drips. Only waiting for the server counts: a slow
 * reader may take its time. */
export class WatchedBody implements AsyncIterable<Uint8Array> {
  readonly #body: Readable;
  readonly #limits: HttpLimits;
  /** The error to end with; it becomes the stream's own. */
  readonly #failure: (reason: StallReason) => Error;
  #waitingSince: number | undefined;
  #windowMs = 0;
  #windowBytes = 0;

  constructor(body: Readable, limits: HttpLimits, failure: (reason: StallReason) => Error) {
    this.#body = body;
    this.#limits = limits;
    this.#failure = failure;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const { idleTimeoutMs } = this.#limits;
    const look = setInterval(() => this.#lookForStall(), idleTimeoutMs / LOOKS_PER_IDLE_TIME);
    look.unref();
    const chunks = this.#body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    try {
      for (;;) {
        this.#waitingSince = performance.now();
        const { done, value } = await chunks.next();
        if (done === true) return;
        this.#count(value.length);
        yield value;
      }
    } finally {
      clearInterval(look);
      this.#waitingSince = undefined;
      this.#body.destroy();
    }
  }

  #lookForStall(): void {
    if (this.#waitingSince === undefined) return;
    const waitedMs = performance.now() - this.#waitingSince;
    if (waitedMs > this.#limits.idleTimeoutMs) this.#body.destroy(this.#failure("body-stalled"));
  }

  #count(bytes: number): void {
    const { slowWindowMs, slowMinBytes } = this.#limits;
    this.#windowMs += performance.now() - (this.#waitingSince ?? 0);
    this.#waitingSince = undefined;
    this.#windowBytes += bytes;
    if (this.#windowMs < slowWindowMs) return;
    if (this.#windowBytes < slowMinBytes) throw this.#failure("body-too-slow");
    this.#windowMs = 0;
    this.#windowBytes = 0;
  }
}
