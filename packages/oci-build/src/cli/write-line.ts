import { writeToStream } from "../output/write-to-stream.js";
import { escapeControls } from "./escape-controls.js";
import type { OutputStream } from "./terminal.js";

/** Writes a line that another program may read: as it is, but to a terminal without control characters.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE; else the signal's reason */
export async function writeLine(stream: OutputStream, line: string, signal: AbortSignal): Promise<void> {
  const shown = stream.isTTY === true ? escapeControls(line) : line;
  await writeToStream(stream, Buffer.from(`${shown}\n`), signal);
}
