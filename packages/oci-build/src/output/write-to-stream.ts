import type { Writable } from "node:stream";
import { outputError } from "./output-error.js";

const LABEL = "the output stream";

/** Writes bytes to a stream and waits until it has taken them, so that nothing is written faster than its reader
 * reads. The stream is left open. What goes wrong with it, also that it was closed, is what this rejects with.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE */
export async function writeToStream(stream: Writable, bytes: Uint8Array): Promise<void> {
  const error = await new Promise<Error | null | undefined>((resolve) => {
    // The stream may keep the bytes after it called back; the caller may reuse them.
    stream.write(Buffer.from(bytes), resolve);
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
