import { setImmediate as nextTurn } from "node:timers/promises";

interface Waiting {
  readonly rank: number;
  readonly begin: () => void;
}

/** How many pieces of work of one kind go on at once. Of those that wait, the one with the lowest rank is next. A free
 * slot is given away a turn later, so that whoever had it may come first again: with one slot, stages are built one after
 * the other in their order. */
export class Slots {
  readonly #waiting: Waiting[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  async use<Result>(rank: number, work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((begin) => this.#waiting.push({ rank, begin }));
    try {
      return await work();
    } finally {
      void this.#passOn();
    }
  }

  async #passOn(): Promise<void> {
    if (this.#waiting.length > 0) await nextTurn();
    let first: Waiting | undefined;
    for (const waiting of this.#waiting)
      if (first === undefined || waiting.rank < first.rank) first = waiting;
    if (first === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.splice(this.#waiting.indexOf(first), 1);
    first.begin();
  }
}
