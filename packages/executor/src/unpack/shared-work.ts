import { unlessAborted } from "./unless-aborted.js";

interface Work<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Work that several callers want done once. It goes on as long as one of them waits for it. */
export class SharedWork<T> {
  readonly #running = new Map<string, Work<T>>();
  /** With those that nobody waits for any more. */
  readonly #all = new Set<Work<T>>();

  /** What the work of this name gives, begun now if it is not under way.
   * @throws what the work throws, and the signal's reason when it aborts */
  async do(
    name: string,
    signal: AbortSignal | undefined,
    begin: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const work = this.#running.get(name) ?? this.#begin(name, begin);
    work.waiting += 1;
    try {
      return await (signal === undefined ? work.result : unlessAborted(work.result, signal));
    } finally {
      work.waiting -= 1;
      if (work.waiting === 0) this.#abandon(name, work, signal?.reason);
    }
  }

  /** Stops all work that is under way, and waits until it has stopped. */
  async stop(reason: unknown): Promise<void> {
    const works = [...this.#all];
    for (const { controller } of works) controller.abort(reason);
    await Promise.allSettled(works.map(({ result }) => result));
  }

  #begin(name: string, begin: (signal: AbortSignal) => Promise<T>): Work<T> {
    const controller = new AbortController();
    const result = begin(controller.signal).finally(() => {
      this.#all.delete(work);
      this.#forget(name, work);
    });
    const work: Work<T> = { result, controller, waiting: 0 };
    // All callers may be gone when it fails.
    result.catch(() => undefined);
    this.#running.set(name, work);
    this.#all.add(work);
    return work;
  }

  /** Stops work that nobody waits for, if it still runs; whoever wants it next begins it anew. */
  #abandon(name: string, work: Work<T>, reason: unknown): void {
    this.#forget(name, work);
    work.controller.abort(reason);
  }

  #forget(name: string, work: Work<T>): void {
    if (this.#running.get(name) === work) this.#running.delete(name);
  }
}
