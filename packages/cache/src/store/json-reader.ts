/** A JSON document of the store that has not the shape it should have. */
export class JsonShapeError extends Error {}

/** Any JSON object, before its members are known. */
export type JsonObject = { readonly [name: string]: unknown };

/** Parses text into an object. */
export function parseJsonObject(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new JsonShapeError("no JSON", { cause: error });
  }
}

export function asObject(value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("an object", value);
  return value as JsonObject;
}

export function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong("a list", value);
  return value;
}

export function asString(value: unknown): string {
  if (typeof value !== "string") throw wrong("a text", value);
  return value;
}

/** An integer that a double holds exactly, from `least` on. */
export function asInteger(value: unknown, least: number = Number.MIN_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || (value as number) < least) throw wrong("an integer", value);
  return value as number;
}

function wrong(expected: string, found: unknown): JsonShapeError {
  return new JsonShapeError(`${expected} expected, found ${found === null ? "null" : typeof found}`);
}
