import { describe, expect, it } from "vitest";
import { familiarName, formatReference } from "./format-reference.js";
import { parseReference } from "./parse-reference.js";

const hex = "0123456789abcdef".repeat(4);

/** as written | in full | as Docker shows it */
const cases: readonly (readonly [string, string, string])[] = [
  ["debian", "docker.io/library/debian", "debian"],
  ["debian:12", "docker.io/library/debian:12", "debian:12"],
  [`debian:12@sha256:${hex}`, `docker.io/library/debian:12@sha256:${hex}`, `debian:12@sha256:${hex}`],
  ["docker.io/library/debian", "docker.io/library/debian", "debian"],
  ["docker.io/someone/app:1", "docker.io/someone/app:1", "someone/app:1"],
  ["library/a/b", "docker.io/library/a/b", "library/a/b"],
  ["host.example/library/app", "host.example/library/app", "host.example/library/app"],
  ["localhost:5000/app", "localhost:5000/app", "localhost:5000/app"],
  ["docker.io/library/library", "docker.io/library/library", "library"],
];

describe("formatReference", () => {
  it.each(cases)("writes %s as %s", (text, full) => {
    expect(formatReference(parseReference(text))).toBe(full);
  });
});

describe("familiarName", () => {
  it.each(cases)("shortens %s to what Docker shows", (text, _full, familiar) => {
    expect(familiarName(parseReference(text))).toBe(familiar);
  });

  it.each([
    ["docker.io/localhost/app", "docker.io/localhost/app"],
    ["docker.io/host.example/app", "docker.io/host.example/app"],
    [`docker.io/library/${hex}`, `library/${hex}`],
  ])("differs: a short form that would name another image when read back (%s) is not used", (text, shown) => {
    expect(familiarName(parseReference(text))).toBe(shown);
  });
});
