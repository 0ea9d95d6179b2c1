/** The same promise, but that it fails with the signal's reason as soon as that aborts. */
export function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    if (signal.aborted) abort();
  });
}

/** The same items until the signal aborts, which is not kept waiting by a source that is: that is told to end, and
 * ends when it can. */
export async function* itemsUnlessAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const items = source[Symbol.asyncIterator]();
  let state: "open" | "done" = "open";
  try {
    for (;;) {
      const item = await unlessAborted(items.next(), signal);
      if (item.done === true) break;
      yield item.value;
    }
    state = "done";
  } catch (error) {
    // One that failed has ended by itself.
    if (!signal.aborted) state = "done";
    throw error;
  } finally {
    if (state === "open") {
      const ending = Promise.allSettled([items.return?.()]);
      if (!signal.aborted) await ending;
    }
  }
}
