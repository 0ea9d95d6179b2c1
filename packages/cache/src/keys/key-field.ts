import type { ContentDigest, DiffId, Digest } from "@oci-build/oci";
import { cacheError } from "../errors.js";

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Any of the digests that may enter a key. */
export type KeyDigest = Digest | DiffId | ContentDigest;

/** What a field of each kind holds. `absent` says that there is no value, which no other kind can say: an empty text
 * or list is a value. Lists and pairs keep their order; sort them before where order means nothing. */
export interface KeyValues {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly digest: KeyDigest;
  readonly "string-list": readonly string[];
  readonly "digest-list": readonly KeyDigest[];
  readonly "pair-list": readonly (readonly [name: string, value: string])[];
  readonly absent: null;
}

/** What a field can hold. */
export type KeyKind = keyof KeyValues;

/** One named, typed part of a step's key. JSON-safe. */
export type KeyField = {
  readonly [Kind in KeyKind]: { readonly name: string; readonly kind: Kind; readonly value: KeyValues[Kind] };
}[KeyKind];

/** A field of a key.
 * @throws OciBuildError CACHE_KEY_INVALID for an empty name, a number that is not finite, or a text that is no digest
 * where one is due: "could not tell" has no digest */
export function keyField<Kind extends KeyKind>(name: string, kind: Kind, value: KeyValues[Kind]): KeyField {
  // The union and the generic record say the same; the compiler cannot see it.
  const field = { name, kind, value } as KeyField;
  const problem = name === "" ? "it has no name" : problemOf(field);
  if (problem === undefined) return field;
  throw cacheError("CACHE_KEY_INVALID", {
    message: `the key field ${JSON.stringify(name)} cannot be used: ${problem}`,
    data: { field: name, problem },
  });
}

function problemOf(field: KeyField): string | undefined {
  switch (field.kind) {
    case "number":
      return Number.isFinite(field.value) ? undefined : "its number is not finite";
    case "digest":
      return notDigest([field.value]);
    case "digest-list":
      return notDigest(field.value);
    case "string":
    case "boolean":
    case "string-list":
    case "pair-list":
    case "absent":
      return undefined;
  }
}

function notDigest(texts: readonly string[]): string | undefined {
  const wrong = texts.find((text) => !digestPattern.test(text));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong.slice(0, 100))} is no digest`;
}
