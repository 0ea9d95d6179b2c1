import type { Report } from "../diagnostics/report.js";
import { spanOf } from "../tree/position.js";
import type { Line } from "./line-reader.js";

/** Longest line in bytes of UTF-8 without its `\n`: 64 KiB − 1, as BuildKit's scanner has it. */
const lineMaxBytes = 64 * 1024 - 1;

/** Whether a line of some UTF-16 code units, its break included, can be too long in UTF-8. */
export function mayBeTooLong(length: number): boolean {
  return length * 3 > lineMaxBytes;
}

/** Reports a line that BuildKit would not read. */
export function checkLineLength(line: Line, report: Report): void {
  // `\n` is free, a `\r` before it is not.
  const tail = line.lineBreak.endsWith("\n") ? line.lineBreak.length - 1 : line.lineBreak.length;
  if (!mayBeTooLong(line.text.length + tail)) return;
  const bytes = utf8Length(line.text) + tail;
  if (bytes <= lineMaxBytes) return;
  report({
    rule: "DOCKERFILE_LINE_TOO_LONG",
    message: `line has ${String(bytes)} bytes, the limit is ${String(lineMaxBytes)}`,
    span: spanOf(line.start, line.text.length),
    hint: "Break the line with the escape character",
  });
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
