/** The outcome of work that others may wait for too and that goes on; or the reason of the signal that fired before. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    // Also what nobody waits for any more may fail, and somebody has to see it.
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
