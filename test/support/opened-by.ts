import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 10;

/** Waits until a process has a file open, however long it takes to start; `false` when it ended without. Linux only. */
export async function openedBy(pid: number | undefined, file: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (;;) {
    const links = tryRead(() => fs.readdirSync(folder));
    if (links === undefined || links.length === 0) return false;
    if (links.some((fd) => tryRead(() => fs.readlinkSync(path.join(folder, fd))) === file)) return true;
    await sleep(POLL_MS);
  }
}

/** `undefined` for what is closed or has ended, of which a zombie's folder may not be read. */
function tryRead<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return undefined;
    throw error;
  }
}
