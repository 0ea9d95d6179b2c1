import fs, { constants } from "node:fs";
import { readSmallFile, unreadable } from "./read-small-file.js";
import { readUpTo } from "./read-up-to.js";
import { statIfThere } from "./stat-if-there.js";

/** How much of a file is read, and what ends the wait for it. */
export interface NamedFileReading {
  readonly limitBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** As `readSmallFile`, of a file of the disk that the user has named. Of a pipe this waits for what comes, and for a writer
 * to begin with, without holding up the process: a signal or an abort ends the wait.
 * @throws OciBuildError BUILD_FILE_UNREADABLE; else the signal's reason */
export async function readNamedFile(path: string, reading: NamedFileReading): Promise<Buffer | undefined> {
  return isPipe(path) ? readPipe(path, reading) : readSmallFile(fs, path, reading.limitBytes);
}

/** A FIFO, or what a shell makes of `<(…)`. */
export function isPipe(path: string): boolean {
  return statIfThere(path)?.isFIFO() === true;
}

async function readPipe(path: string, { limitBytes, signal }: NamedFileReading): Promise<Buffer> {
  signal?.throwIfAborted();
  const { Socket } = await import("node:net");
  // Not the promises of node:fs: a read of theirs holds a thread until somebody writes, which also keeps the process.
  const pipe = new Socket({ fd: openWithoutWaiting(path), readable: true, writable: false, signal });
  try {
    return await readUpTo(pipe, limitBytes);
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(error, path);
  }
}

/** Until there is a writer nothing comes, and there is no end. */
function openWithoutWaiting(path: string): number {
  try {
    return fs.openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(error, path);
  }
}
