import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The mount points of this process's namespace that lie in a folder. */
export function mountsBelow(folder: string): readonly string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => point === folder || point.startsWith(`${folder}/`));
}

/** The pid and arguments of each process whose arguments have a text, but this one's. */
export function processesWith(mark: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => `${pid} ${argumentsOf(pid)}`)
    .filter((line) => line.includes(mark));
}

function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch (error) {
    // It ended meanwhile, or is a kernel's.
    if (isGone(error)) return "";
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ESRCH" || code === "EACCES";
}

/** Where an executor keeps its own; what lies deeper is of images. */
const DEPTH = 3;

/** What lies in a folder and in its folders, down to some depth. */
export function filesBelow(folder: string, depth: number = DEPTH): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() && depth > 1 ? [file, ...filesBelow(file, depth - 1)] : [file];
    })
    .sort();
}

/** Waits until a question has the answer yes, or gives up. */
export async function until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!isSo()) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
