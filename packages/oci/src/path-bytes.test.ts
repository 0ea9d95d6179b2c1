import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePath, encodePath } from "./path-bytes.js";

describe("decodePath", () => {
  it.each([
    { name: "decodes ASCII", bytes: "612f62", text: "a/b" },
    { name: "decodes UTF-8 of every length", bytes: "c3a9e282acf09f9880", text: "é€😀" },
    { name: "keeps a byte order mark", bytes: "efbbbf61", text: "\ufeffa" },
    { name: "escapes a byte that begins nothing", bytes: "61ff62", text: "a\udcffb" },
    { name: "escapes each byte of a cut sequence", bytes: "e282", text: "\udce2\udc82" },
    { name: "escapes an overlong form", bytes: "c0af", text: "\udcc0\udcaf" },
    { name: "escapes an encoded surrogate", bytes: "edb2ff", text: "\udced\udcb2\udcff" },
    { name: "escapes what lies above U+10FFFF", bytes: "f4908080", text: "\udcf4\udc90\udc80\udc80" },
    { name: "escapes a byte after a pair of surrogates", bytes: "f09f988080", text: "😀\udc80" },
  ])("$name", ({ bytes, text }) => {
    expect(decodePath(Buffer.from(bytes, "hex"))).toBe(text);
    expect(encodePath(text).toString("hex")).toBe(bytes);
  });

  it("is undone by encodePath for every byte string", () => {
    const hostile = fc.array(fc.constantFrom(0, 0x2f, 0x7f, 0x80, 0xbf, 0xc2, 0xe2, 0xed, 0xf0, 0xf4, 0xff));
    const any = fc.oneof(
      fc.uint8Array(),
      hostile.map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(any, (bytes) => {
        expect(new Uint8Array(encodePath(decodePath(bytes)))).toEqual(bytes);
      }),
    );
  });

  it("reads only the view it is given, not the whole buffer", () => {
    expect(decodePath(Buffer.from("xaby").subarray(1, 3))).toBe("ab");
  });
});

describe("encodePath", () => {
  it.each(["\ud800", "a\udc7f", "\udd00b", "\udc80\ud83d"])(
    "refuses %j, which stands for no bytes",
    (path) => {
      expect(() => encodePath(path)).toThrow(expect.objectContaining({ code: "PATH_NOT_ENCODABLE" }));
    },
  );
});
