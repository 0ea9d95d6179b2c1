/** Calls back when something takes longer than it may. Does not keep the process alive. */
export class Watchdog {
  readonly #onTimeout: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onTimeout: () => void) {
    this.#onTimeout = onTimeout;
  }

  /** From now on there is this much time. */
  start(limitMs: number): void {
    this.stop();
    this.#timer = setTimeout(this.#onTimeout, limitMs);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
