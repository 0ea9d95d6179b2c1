import fs from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";

/** More than any runtime has to say of one container. */
const LOG_MAX_BYTES = 64 * 1024;
/** What crun copies into its log is in pieces of that many bytes, with a line's end behind each. */
const COPIED_PIECE = /(.{255})\n/gs;

/** What a runtime wrote to its log. */
export interface RuntimeLog {
  /** Its errors, without its own name and verb; undefined when there are none. */
  readonly errors: string | undefined;
  /** What a command wrote to a terminal of the runtime's and nobody has seen yet. */
  readonly output: Uint8Array;
}

/** Reads the log of a runtime that has ended. What cannot be read as its JSON is an error as it stands; with a terminal it
 * is output of the command, which crun has not copied to the caller's when the command ends, and logs instead. */
export async function readRuntimeLog(file: string, terminal: "none" | "made"): Promise<RuntimeLog> {
  const lines = (await readStart(file)).split("\n");
  const entries = lines.map((line) => parseEntry(line));
  const rest = lines.filter((_, index) => entries[index] === undefined);
  const errors = entries.flatMap((entry) => (entry === undefined ? [] : errorOf(entry)));
  if (terminal === "none") errors.push(...rest.filter((line) => line !== ""));
  return {
    errors: errors.length === 0 ? undefined : Buffer.from(errors.join("; "), "latin1").toString("utf8"),
    output: Buffer.from(terminal === "none" ? "" : outputOf(rest.join("\n")), "latin1"),
  };
}

/** Each byte a character, since a command writes what it likes. */
async function readStart(file: string): Promise<string> {
  const handle = await openIfThere(file);
  if (handle === undefined) return "";
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOG_MAX_BYTES), 0, LOG_MAX_BYTES, 0);
    return buffer.toString("latin1", 0, bytesRead);
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

interface LogEntry {
  readonly msg: unknown;
  readonly level?: unknown;
}

function errorOf({ level, msg }: LogEntry): readonly string[] {
  return level === "error" || level === "fatal" ? [String(msg).replace(/^runc run failed: /, "")] : [];
}

/** Lines of a terminal end with a carriage return: those are none, even where a command writes a log of its own. */
function parseEntry(line: string): LogEntry | undefined {
  if (line.endsWith("\r")) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null && "msg" in entry ? entry : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** As the command wrote it: the terminal that it goes to ends lines in its own way. */
function outputOf(text: string): string {
  return text.replaceAll(COPIED_PIECE, "$1").replace(/\n$/, "").replaceAll("\r\n", "\n");
}
