import { redact } from "../redact.js";
import type { OutputStream } from "../terminal.js";
import type { ProgressView } from "./create-progress.js";

/** Characters that JSON may hold as they are, and that a terminal obeys or that mislead its reader. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One event a line, as JSON: see `BuildEvent`. */
export function rawJsonProgress(stderr: OutputStream): ProgressView {
  return {
    tell: (event) => void stderr.write(`${safeJson(event)}\n`),
    end: () => undefined,
  };
}

function safeJson(value: unknown): string {
  const json = JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? redact(part) : part));
  return json.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
