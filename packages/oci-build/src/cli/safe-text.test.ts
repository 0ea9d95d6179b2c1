import { describe, expect, it } from "vitest";
import { escapeControls } from "./escape-controls.js";
import { redact } from "./redact.js";
import { safeText } from "./safe-text.js";

describe("escapeControls", () => {
  it.each([
    ["an escape sequence", "a\u001b[31mb", "a\\x1b[31mb"],
    ["the one-byte form of it", "a\u009b31mb", "a\\x9b31mb"],
    ["a bell, a backspace, a carriage return", "\u0007\b\r", "\\x07\\x08\\x0d"],
    ["a line feed, which would begin a line of its own", "x\n#1 DONE", "x\\n#1 DONE"],
    ["a tab", "a\tb", "a\\tb"],
    ["direction marks", "a\u202egnp.exe\u2066", "a\\u202egnp.exe\\u2066"],
    ["separators of lines", "a\u2028b\u2029", "a\\u2028b\\u2029"],
  ])("makes %s visible", (_, text, expected) => {
    expect(escapeControls(text)).toBe(expected);
  });

  it("leaves text in any script alone", () => {
    const text = "naïve 漢字 😀 עברית e\u0301";
    expect(escapeControls(text)).toBe(text);
  });

  it("leaves line feeds and tabs when it is to keep lines", () => {
    expect(escapeControls("a\n\tb\u001b", "keep-lines")).toBe("a\n\tb\\x1b");
  });
});

describe("redact", () => {
  it.each([
    ["https://me:hunter2@example.com/a.git", "https://**********@example.com/a.git"],
    ["ADD https://ghp_token@github.com/a.tar /", "ADD https://*********@github.com/a.tar /"],
    ['invalid "me:hunter2@reg.io/app:1"', 'invalid "me:*******@reg.io/app:1"'],
    ["https://me@sha256:443/", "https://**@sha256:443/"],
    ["--tag me:hunter2@localhost/app", "--tag me:*******@localhost/app"],
  ])("masks the credentials of %s", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    "app:1.0@sha256:abc",
    "ghcr.io/me/app:1.0@sha256:abc",
    `oci-layout://out@sha256:${"0a".repeat(32)}`,
    "https://example.com/@scope/name",
    "node_modules/@scope/a:b@c.js",
    "git@github.com:me/app.git",
    "COPY --chown=me:you a@b /",
  ])("leaves %s alone", (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe("safeText", () => {
  it("masks credentials before it escapes", () => {
    expect(safeText("http://a:\u001bsecret@b/\n")).toBe("http://*********@b/\\n");
  });
});
