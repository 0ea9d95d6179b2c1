import fs from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";

/** More than any runtime has to say of one container. */
const LOG_MAX_BYTES = 64 * 1024;

/** The errors that a runtime wrote to its log, without its own name and verb; undefined when there are none. What cannot
 * be read as its JSON counts as it stands. */
export async function runtimeErrors(log: string): Promise<string | undefined> {
  const lines = (await readStart(log)).split("\n").filter((line) => line !== "");
  const errors = lines.flatMap((line) => errorOf(line));
  return errors.length === 0 ? undefined : errors.join("; ");
}

async function readStart(file: string): Promise<string> {
  const handle = await openIfThere(file);
  if (handle === undefined) return "";
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOG_MAX_BYTES), 0, LOG_MAX_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function openIfThere(file: string): Promise<fs.FileHandle | undefined> {
  try {
    return await fs.open(file);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function errorOf(line: string): readonly string[] {
  const entry = parseEntry(line);
  if (typeof entry !== "object" || entry === null || !("msg" in entry)) return [line];
  const isError = "level" in entry && (entry.level === "error" || entry.level === "fatal");
  return isError ? [String(entry.msg).replace(/^runc run failed: /, "")] : [];
}

function parseEntry(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
