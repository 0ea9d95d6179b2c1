import { MANIFEST_MAX_BYTES } from "../image/decode-documents.js";
import { inspectJson } from "../json/inspect-json.js";
import type { Shape } from "../json/shape.js";
import { readSmallFile } from "../layout/read-small-file.js";
import type { Validation } from "./validation.js";

/** Checks the form of a document and gives its value, whatever is wrong with it; undefined if it has none. */
export async function checkDocument(
  { source, log }: Validation,
  path: string,
  shape: Shape,
): Promise<unknown> {
  const size = await source.files.size(path);
  if (size === undefined) {
    log.add({ path, rule: "file.missing", stated: "present", found: "absent" });
    return undefined;
  }
  if (size > MANIFEST_MAX_BYTES) {
    const stated = `at most ${MANIFEST_MAX_BYTES} bytes`;
    log.add({ path, rule: "document.limit", stated, found: `${size} bytes` });
    return undefined;
  }
  const { value, problems } = inspectJson(await readSmallFile(source.files, path, MANIFEST_MAX_BYTES), shape);
  for (const problem of problems) log.add({ ...problem, path: at(path, problem.path) });
  return value;
}

/** A place in a document. */
export function at(path: string, pointer: string): string {
  return pointer === "" ? path : `${path}#${pointer}`;
}

/** A member of what may be an object. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** The items of what may be an array. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The strings of what may be an array. */
export function stringsOf(value: unknown): readonly string[] {
  return itemsOf(value).filter((item) => typeof item === "string");
}
