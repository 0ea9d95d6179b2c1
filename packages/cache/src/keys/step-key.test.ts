import { digestOf } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeyField, keyField } from "./key-field.js";
import { stepKey } from "./step-key.js";

/** Short texts over few letters, so that moved boundaries are likely; lone surrogates too. */
const text = fc.string({
  unit: fc.constantFrom("a", "b", "\0", "é", "\udc80", "\udcff", "\ufffd"),
  maxLength: 3,
});
const digest = fc.constantFrom("x", "y").map(digestOf);
const field: fc.Arbitrary<KeyField> = fc.oneof(
  text.map((value) => keyField("f", "string", value)),
  fc.integer({ min: -2, max: 2 }).map((value) => keyField("f", "number", value)),
  fc.boolean().map((value) => keyField("f", "boolean", value)),
  digest.map((value) => keyField("f", "digest", value)),
  fc.array(text, { maxLength: 3 }).map((value) => keyField("f", "string-list", value)),
  fc.array(digest, { maxLength: 3 }).map((value) => keyField("f", "digest-list", value)),
  fc.array(fc.tuple(text, text), { maxLength: 2 }).map((value) => keyField("f", "pair-list", value)),
  fc.constant(keyField("f", "absent", null)),
);
const fields = fc.uniqueArray(fc.tuple(fc.constantFrom("a", "b", "ab", "é", "\udc80"), field), {
  selector: ([name]) => name,
  maxLength: 3,
});
const named = fields.map((list) => list.map(([name, value]) => ({ ...value, name }) as KeyField));

describe("stepKey", () => {
  it("never gives one digest to two different lists of fields", () => {
    fc.assert(
      fc.property(named, named, (a, b) => {
        expect(stepKey(a).digest === stepKey(b).digest).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 2_000 },
    );
  });

  const different: readonly [string, KeyField, KeyField][] = [
    [
      "where one text ends",
      keyField("l", "string-list", ["ab", "c"]),
      keyField("l", "string-list", ["a", "bc"]),
    ],
    ["an empty text and none", keyField("l", "string-list", [""]), keyField("l", "string-list", [])],
    ["an empty text and no value", keyField("l", "string", ""), keyField("l", "absent", null)],
    ["a text and a list of it", keyField("l", "string", "a"), keyField("l", "string-list", ["a"])],
    ["a number and its text", keyField("l", "number", 1), keyField("l", "string", "1")],
    ["a truth and its text", keyField("l", "boolean", true), keyField("l", "string", "true")],
    ["a digest and its text", keyField("l", "digest", digestOf("")), keyField("l", "string", digestOf(""))],
    [
      "pairs and a flat list",
      keyField("l", "pair-list", [["a", "b"]]),
      keyField("l", "string-list", ["a", "b"]),
    ],
    [
      "the order of a list",
      keyField("l", "string-list", ["a", "b"]),
      keyField("l", "string-list", ["b", "a"]),
    ],
    ["two bytes that are not UTF-8", keyField("l", "string", "\udc80"), keyField("l", "string", "\udc81")],
    ["names", keyField("l", "string", "a"), keyField("m", "string", "a")],
  ];
  it.each(different)("tells apart %s", (_, a, b) => {
    expect(stepKey([a]).digest).not.toBe(stepKey([b]).digest);
  });

  it("gives the digest it has always given", () => {
    const key = stepKey([
      keyField("step", "string", "copy"),
      keyField("content", "digest", digestOf("content")),
      keyField("env", "pair-list", [["PATH", "/bin"]]),
      keyField("user", "absent", null),
    ]);
    expect(key.digest).toBe("sha256:e3e41e52bc509fb32fb7821d2ad3946f516ce74ca612f344c708ae536a4a44d7");
    expect(key.fields).toHaveLength(4);
  });

  it("refuses two fields of one name", () => {
    const twice = [keyField("a", "string", "x"), keyField("a", "number", 1)];
    expect(() => stepKey(twice)).toThrow(expect.objectContaining({ code: "CACHE_KEY_INVALID" }));
  });
});
