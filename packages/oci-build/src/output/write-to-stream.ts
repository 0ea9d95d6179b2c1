import type { Writable } from "node:stream";
import { outputError } from "./output-error.js";

const LABEL = "the output stream";

/** Writes bytes to a stream and waits until it has taken them, so that nothing is written faster than its reader
 * reads. The stream is left open. What goes wrong with it, also that it was closed, is what this rejects with; an abort
 * ends the wait for a reader, who may get the bytes all the same.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE; else the signal's reason */
export async function writeToStream(
  stream: Writable,
  bytes: Uint8Array,
  signal?: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const error = await new Promise<Error | null | undefined>((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason as Error);
    signal?.addEventListener("abort", onAbort, { once: true });
    // The stream may keep the bytes after it called back; the caller may reuse them.
    stream.write(Buffer.from(bytes), (problem) => {
      signal?.removeEventListener("abort", onAbort);
      resolve(problem);
    });
  });
  if (error) throw outputError(error, LABEL);
}

/** Does some work that writes to a stream. An error of the stream is told by the write that fails; that nobody else
 * listens for it does not end the process. */
export async function listeningForErrors<T>(stream: Writable, work: () => Promise<T>): Promise<T> {
  const onError = (): void => undefined;
  stream.on("error", onError);
  try {
    return await work();
  } finally {
    // The event comes after the write's callback.
    setImmediate(() => stream.off("error", onError));
  }
}
