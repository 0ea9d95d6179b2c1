import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { type KeyDigest, keyField } from "./key-field.js";

const noDigests = ["", "sha256:", "sha256:ABC", `sha256:${"0".repeat(63)}`, `sha512:${"0".repeat(64)}`];

describe("keyField", () => {
  it.each([
    keyField("argv", "string-list", ["/bin/sh", "-c", ""]),
    keyField("cwd", "string", ""),
    keyField("shm-size", "number", -0.5),
    keyField("frozen", "boolean", false),
    keyField("content", "digest", digestOf("x")),
    keyField("parents", "digest-list", []),
    keyField("env", "pair-list", [["A", ""]]),
    keyField("user", "absent", null),
  ])("takes a field of the kind $kind", (field) => {
    expect(keyField(field.name, field.kind, field.value as never)).toEqual(field);
  });

  it("refuses a field without a name", () => {
    expect(() => keyField("", "string", "x")).toThrow(expect.objectContaining({ code: "CACHE_KEY_INVALID" }));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses the number %s",
    (value) => {
      expect(() => keyField("n", "number", value)).toThrow(
        expect.objectContaining({ code: "CACHE_KEY_INVALID" }),
      );
    },
  );

  it.each(noDigests)("refuses %j where a digest is due", (text) => {
    const wrong = text as KeyDigest;
    const problem = expect.objectContaining({
      code: "CACHE_KEY_INVALID",
      data: expect.objectContaining({ field: "d" }),
    });
    expect(() => keyField("d", "digest", wrong)).toThrow(problem);
    expect(() => keyField("d", "digest-list", [digestOf("x"), wrong])).toThrow(problem);
  });
});
