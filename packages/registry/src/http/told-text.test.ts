import { describe, expect, it } from "vitest";
import { toldText, toldUrl } from "./told-text.js";

describe("toldText", () => {
  it.each([
    ["plain ä 漢", "plain ä 漢"],
    ["a\nb\u001b[31m", "a\\u000ab\\u001b[31m"],
    ["\u009b\u007f", "\\u009b\\u007f"],
    ["\u202eevil\u2028", "\\u202eevil\\u2028"],
  ])("shows %j as %j", (text, told) => {
    expect(toldText(text)).toBe(told);
  });

  it("cuts what is long", () => {
    expect(toldText("x".repeat(1000), 10)).toBe(`${"x".repeat(10)}…`);
  });
});

describe("toldUrl", () => {
  it("leaves out user, query and fragment", () => {
    expect(toldUrl(new URL("https://user:secret@r.example:5000/v2/a?sig=secret#secret"))).toBe(
      "https://r.example:5000/v2/a",
    );
  });
});
