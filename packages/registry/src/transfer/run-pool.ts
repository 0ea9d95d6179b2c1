/** How some work is shared out. */
export interface PoolOptions {
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
}

/** Does work for each of some items, so many at once, in their order. The first failure stops the others, and is thrown
 * when they have stopped. */
export async function runPool<Item>(
  items: readonly Item[],
  { concurrency, signal }: PoolOptions,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const rest = items.values();
  let failure: { readonly error: unknown } | undefined;
  const runner = async (): Promise<void> => {
    for (const item of rest) {
      if (both.aborted) return;
      try {
        await work(item, both);
      } catch (error) {
        failure ??= { error };
        stop.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, runner));
  signal?.throwIfAborted();
  if (failure !== undefined) throw failure.error;
}
