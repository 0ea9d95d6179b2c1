import { lineReader, takeLine } from "./line-reader.js";
import { readDirective } from "./read-directive.js";

/** The frontend that a text asks for. */
export interface SyntaxReference {
  /** The image, `docker/dockerfile:1`. */
  readonly image: string;
  /** The whole value: the image and what stands behind it. */
  readonly value: string;
  /** The line that says so, from 1. */
  readonly line: number;
}

/** The frontend image that a text of any language asks for: `# syntax=IMAGE` or `// syntax=IMAGE` among the directives
 * at the top, or `{"syntax": "IMAGE"}` as a JSON document. A first line `#!…` is skipped, which `parse` does not do.
 * @see https://docs.docker.com/build/buildkit/frontend/ */
export function detectSyntax(text: string): SyntaxReference | undefined {
  const rest = text.replace(/^\uFEFF/, "");
  const shebang = /^#![^\n]*\n?/.exec(rest)?.[0] ?? "";
  const body = rest.slice(shebang.length);
  const firstLine = shebang === "" ? 1 : 2;
  return (
    findDirective(body, "#", firstLine) ?? findDirective(body, "//", firstLine) ?? findJson(body, firstLine)
  );
}

function findDirective(text: string, mark: "#" | "//", firstLine: number): SyntaxReference | undefined {
  const reader = lineReader(text);
  const seen = new Set<string>();
  for (let line = takeLine(reader); line !== undefined; line = takeLine(reader)) {
    const directive = readDirective(line, 0, mark);
    if (directive === undefined || seen.has(directive.name)) return undefined;
    seen.add(directive.name);
    if (directive.name === "syntax") return toReference(directive.value, line.start.line - 1 + firstLine);
  }
  return undefined;
}

function findJson(text: string, firstLine: number): SyntaxReference | undefined {
  if (!/^[\t\n\r ]*\{/.test(text)) return undefined;
  const value = parseObject(text)["syntax"];
  return typeof value === "string" ? toReference(value, firstLine) : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    // A text that begins with a brace is an object or no JSON.
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function toReference(value: string, line: number): SyntaxReference {
  const blank = value.indexOf(" ");
  return { image: blank < 0 ? value : value.slice(0, blank), value, line };
}
