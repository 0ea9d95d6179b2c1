import { describe, expect, it } from "vitest";
import { remember } from "./remember.js";

describe("remember", () => {
  it("gives the object of the first time for a text that was asked before", () => {
    const asked: string[] = [];
    const length = remember((text) => {
      asked.push(text);
      return { length: text.length };
    });
    expect(length("ab")).toBe(length("ab"));
    expect(length("abc")).toEqual({ length: 3 });
    expect(asked).toEqual(["ab", "abc"]);
  });

  it("keeps no more than 1,000 answers, and still answers", () => {
    const length = remember((text) => ({ length: text.length }));
    for (let index = 0; index < 1_000; index += 1) length(String(index));
    expect(length("0")).toBe(length("0"));
    expect(length("1000")).not.toBe(length("1000"));
    expect(length("1000")).toEqual({ length: 4 });
  });
});
