import { redact } from "./redact.js";

/** Characters that JSON may hold as they are, and that a terminal obeys or that mislead its reader. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

type JsonForm = "line" | "indented";

/** A value as JSON without the credentials of its addresses and without what a terminal would obey; on one line, or
 * indented by two. */
export function safeJson(value: unknown, form: JsonForm = "line"): string {
  return escapedJson(value, form, (_, part) => (typeof part === "string" ? redact(part) : part));
}

/** A value as JSON that means just that value, without what a terminal would obey. */
export function exactJson(value: unknown, form: JsonForm = "line"): string {
  return escapedJson(value, form, (_, part) => part);
}

function escapedJson(
  value: unknown,
  form: JsonForm,
  replace: (name: string, part: unknown) => unknown,
): string {
  const json = JSON.stringify(value, replace, form === "line" ? undefined : 2);
  return json.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
