import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SUFFIX = ".tmp";
/** Nobody writes a file for so long without touching it. */
const STALE_MS = 60 * 60 * 1000;

/** A new name, beside a file, for writing it before it takes its place. */
export function asideName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}${SUFFIX}`);
}

/** The file that a name made by `asideName` stands for, or undefined for any other name. */
export function asideTarget(file: string): string | undefined {
  const name = path.basename(file);
  if (!name.startsWith(".") || !name.endsWith(SUFFIX)) return undefined;
  const inner = name.slice(1, -SUFFIX.length);
  const dot = inner.lastIndexOf(".");
  return UUID.test(inner.slice(dot + 1)) ? path.join(path.dirname(file), inner.slice(0, dot)) : undefined;
}

/** Removes what builds that were killed have left beside a file. Files that a running build still writes are young,
 * and stay; so does what another user left. */
export async function removeStaleAsides(file: string, nowMs: number): Promise<void> {
  const folder = path.dirname(file);
  try {
    for (const name of await readdir(folder)) {
      const aside = path.join(folder, name);
      if (asideTarget(aside) !== file) continue;
      if (nowMs - (await stat(aside)).mtimeMs > STALE_MS) await rm(aside, { force: true });
    }
  } catch (error) {
    // ENOENT: another build was faster. The others: not ours to tidy.
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["EACCES", "ENOENT", "EPERM"].includes(code)) throw error;
  }
}
