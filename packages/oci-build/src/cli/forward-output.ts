import type { OnOutput } from "@oci-build/executor";
import type { CliProcess, OutputStream } from "./terminal.js";

/** Passes on what a command writes, no faster than it is read. Once `stop` is aborted nobody is waited for, and what the
 * streams have no room for is dropped. */
export function forwardOutput(streams: Pick<CliProcess, "stderr" | "stdout">, stop: AbortSignal): OnOutput {
  return (name, bytes) => {
    const stream = streams[name];
    if (stop.aborted && stream.writableNeedDrain) return undefined;
    // A copy: what is written may have to wait.
    const hasRoom = stream.write(Buffer.from(bytes));
    return hasRoom || stop.aborted || stream.destroyed ? undefined : drained(stream, stop);
  };
}

/** Pipes whose reader is slow take no more for the time being, and those without one never again. */
function drained(stream: OutputStream, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of EVENTS) stream.off(event, done);
      stop.removeEventListener("abort", done);
      resolve();
    };
    for (const event of EVENTS) stream.on(event, done);
    stop.addEventListener("abort", done);
  });
}

const EVENTS = ["drain", "error"] as const;
