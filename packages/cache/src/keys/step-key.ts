import { createHash, type Hash } from "node:crypto";
import { type Digest, parseDigest } from "@oci-build/oci";
import { cacheError } from "../errors.js";
import type { KeyField } from "./key-field.js";

/** What a step's result depends on: the fields, and one digest over all of them in their order. */
export interface StepKey {
  readonly fields: readonly KeyField[];
  readonly digest: Digest;
}

/** Changes when the same fields are to be framed in another way; then every key changes. */
const KEY_FORMAT = "oci-build step key 1";

/** The key of a step. Two lists of fields have one digest only if they are equal: every name, kind, count and value is
 * hashed behind its length.
 *
 * ```text
 * key    = frame(format) u32(fields) field*
 * field  = frame(name) frame(kind) u32(parts) frame(part)*
 * frame  = u32(bytes) UTF-16LE                               all u32 little-endian
 * ```
 *
 * UTF-16, because file names that are not UTF-8 hold lone surrogates, which UTF-8 would fold into one character.
 * @throws OciBuildError CACHE_KEY_INVALID when two fields have one name */
export function stepKey(fields: readonly KeyField[]): StepKey {
  const hash = createHash("sha256");
  frame(hash, KEY_FORMAT);
  count(hash, fields.length);
  const names = new Set<string>();
  for (const field of fields) {
    if (names.has(field.name)) throw duplicate(field.name);
    names.add(field.name);
    const parts = partsOf(field);
    frame(hash, field.name);
    frame(hash, field.kind);
    count(hash, parts.length);
    for (const part of parts) frame(hash, part);
  }
  return { fields, digest: parseDigest(`sha256:${hash.digest("hex")}`) };
}

function partsOf(field: KeyField): readonly string[] {
  switch (field.kind) {
    case "string":
    case "digest":
      return [field.value];
    case "number":
    case "boolean":
      return [String(field.value)];
    case "string-list":
    case "digest-list":
      return field.value;
    case "pair-list":
      return field.value.flat();
    case "absent":
      return [];
  }
}

function frame(hash: Hash, text: string): void {
  const bytes = Buffer.from(text, "utf16le");
  count(hash, bytes.length);
  hash.update(bytes);
}

function count(hash: Hash, value: number): void {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  hash.update(bytes);
}

function duplicate(name: string): Error {
  const problem = "two fields have this name";
  return cacheError("CACHE_KEY_INVALID", {
    message: `the key field ${JSON.stringify(name)} cannot be used: ${problem}`,
    data: { field: name, problem },
  });
}
