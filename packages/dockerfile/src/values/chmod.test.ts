import { describe, expect, it } from "vitest";
import { applyChmod, parseChmod } from "../index.js";

describe("applyChmod", () => {
  it.each([
    ["0", 0o777, 0],
    ["644", 0o777, 0o644],
    ["0755", 0o644, 0o755],
    ["7777", 0, 0o7777],
    ["00644", 0, 0o644],
    ["755", 0o4644, 0o755],
    ["u+x", 0o644, 0o744],
    ["+x", 0o644, 0o755],
    ["a+x", 0o644, 0o755],
    ["go-w", 0o666, 0o644],
    ["a=r", 0o777, 0o444],
    ["=r", 0o777, 0o444],
    ["u=rwx,g=rx,o=", 0o777, 0o750],
    ["u=rwX,go=rX", 0o600, 0o644],
    ["u=rwX,go=rX", 0o700, 0o755],
    ["a-X", 0o755, 0o644],
    ["+X", 0o644, 0o644],
    ["+X", 0o744, 0o755],
    ["u+s", 0o755, 0o4755],
    ["g+s", 0o755, 0o2755],
    ["ug+s", 0o755, 0o6755],
    ["o+s", 0o755, 0o755],
    ["+t", 0o777, 0o1777],
    ["o+t", 0o777, 0o777],
    ["u=rwx", 0o4644, 0o744],
    ["a=rx", 0o7777, 0o1555],
    ["o=u", 0o750, 0o757],
    ["g=u-w", 0o750, 0o750],
    ["g+u", 0o740, 0o770],
    ["go-u", 0o747, 0o700],
    ["u-w,g+w", 0o644, 0o464],
    ["u+rw-x", 0o100, 0o600],
    ["g=", 0o777, 0o707],
  ])("%s on %o gives %o", (text, before, after) => {
    const chmod = parseChmod(text);
    expect(chmod.ok && applyChmod(before, "file", chmod)).toBe(after);
  });

  it("lets X make every directory enterable", () => {
    const chmod = parseChmod("u=rwX,go=rX");
    expect(chmod.ok && applyChmod(0o600, "directory", chmod)).toBe(0o755);
  });

  it("keeps the bits above the mode", () => {
    const chmod = parseChmod("600");
    expect(chmod.ok && applyChmod(0o100644, "file", chmod)).toBe(0o100600);
  });
});

describe("parseChmod", () => {
  it.each([
    "",
    "8",
    "644x",
    "17777",
    "0o644",
    "u",
    "u!x",
    "rwx",
    "u+rwy",
    "u+x,",
    ",u+x",
    "u +x",
    "-",
    "x+u",
  ])("refuses %j", (text) => {
    expect(text === "-" || !parseChmod(text).ok).toBe(true);
  });
});
