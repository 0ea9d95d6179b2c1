import { isOciBuildError } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReferenceProblem } from "../errors.js";
import { familiarName, formatReference } from "./format-reference.js";
import { parseReference, parseTaggedReference } from "./parse-reference.js";

const hex = "0123456789abcdef".repeat(4);
const sha = `sha256:${hex}`;
const long = (count: number): string => "a".repeat(count);

/** text | registry | repository | tag | digest */
const good: readonly (readonly [string, string, string, (string | undefined)?, string?])[] = [
  ["debian", "docker.io", "library/debian"],
  ["debian:bookworm", "docker.io", "library/debian", "bookworm"],
  [`debian@${sha}`, "docker.io", "library/debian", undefined, sha],
  [`debian:12@${sha}`, "docker.io", "library/debian", "12", sha],
  ["someone/app", "docker.io", "someone/app"],
  ["someone/app:1.0", "docker.io", "someone/app", "1.0"],
  ["a/b/c/d:x", "docker.io", "a/b/c/d", "x"],
  ["docker.io/debian", "docker.io", "library/debian"],
  ["docker.io/library/debian", "docker.io", "library/debian"],
  ["docker.io/someone/app", "docker.io", "someone/app"],
  ["index.docker.io/debian", "docker.io", "library/debian"],
  ["index.docker.io/someone/app:2", "docker.io", "someone/app", "2"],
  ["docker.io:443/app", "docker.io:443", "app"],
  ["registry-1.docker.io/library/app", "registry-1.docker.io", "library/app"],
  ["docker.io", "docker.io", "library/docker.io"],
  ["localhost", "docker.io", "library/localhost"],
  ["localhost:5000", "docker.io", "library/localhost", "5000"],
  ["localhost/app", "localhost", "app"],
  ["localhost:5000/app", "localhost:5000", "app"],
  ["localhost:5000/a/b:c", "localhost:5000", "a/b", "c"],
  ["localhost.localdomain/app", "localhost.localdomain", "app"],
  ["host/app", "docker.io", "host/app"],
  ["host:5000/app", "host:5000", "app"],
  ["host:5000", "docker.io", "library/host", "5000"],
  ["host.example/app", "host.example", "app"],
  ["host.example:8443/team/app:v1", "host.example:8443", "team/app", "v1"],
  [`host.example/app@${sha}`, "host.example", "app", undefined, sha],
  [`host.example:5000/app:v1@${sha}`, "host.example:5000", "app", "v1", sha],
  ["HOST/app", "HOST", "app"],
  ["Host.Example/app", "Host.Example", "app"],
  ["xn--n3h.example/app", "xn--n3h.example", "app"],
  ["a-b.example/app", "a-b.example", "app"],
  ["127.0.0.1/app", "127.0.0.1", "app"],
  ["127.0.0.1:5000/app:x", "127.0.0.1:5000", "app", "x"],
  ["[::1]/app", "[::1]", "app"],
  ["[::1]:5000/app:x", "[::1]:5000", "app", "x"],
  ["[fd00:1:2::3]:5000/app", "[fd00:1:2::3]:5000", "app"],
  ["[2001:db8:0:0:0:0:0:1]/a/b", "[2001:db8:0:0:0:0:0:1]", "a/b"],
  ["a.b/c", "a.b", "c"],
  ["a_b/c", "docker.io", "a_b/c"],
  ["a__b", "docker.io", "library/a__b"],
  ["a.b", "docker.io", "library/a.b"],
  ["a--b", "docker.io", "library/a--b"],
  ["a-----b/c-d", "docker.io", "a-----b/c-d"],
  ["0/1", "docker.io", "0/1"],
  ["app:_", "docker.io", "library/app", "_"],
  ["app:A.b-c_9", "docker.io", "library/app", "A.b-c_9"],
  ["app:v1.", "docker.io", "library/app", "v1."],
  [`app:${long(128)}`, "docker.io", "library/app", long(128)],
  [`host.example/${long(255)}`, "host.example", long(255)],
  [`${hex}:tag`, "docker.io", `library/${hex}`, "tag"],
  [hex.slice(1), "docker.io", `library/${hex.slice(1)}`],
];

const bad: readonly (readonly [string, ReferenceProblem])[] = [
  ["", "empty"],
  [`${long(1020)}:tag1`, "too-long"],
  [hex, "bare-identifier"],
  ["https://host.example/app", "registry-malformed"],
  ["-host.example/app", "registry-malformed"],
  ["host-.example/app", "registry-malformed"],
  ["host..example/app", "registry-malformed"],
  ["host.example:/app", "registry-malformed"],
  ["host.example:port/app", "registry-malformed"],
  ["host_name:5000/app", "registry-malformed"],
  ["[::1/app", "registry-malformed"],
  ["[fe80::1%eth0]:5000/app", "registry-malformed"],
  ["[::ffff:1.2.3.4]/app", "registry-malformed"],
  ["::1/app", "registry-malformed"],
  ["../app", "registry-malformed"],
  ["user@host.example/app", "registry-malformed"],
  ["Debian", "repository-upper-case"],
  ["debian/App", "repository-upper-case"],
  ["host.example/Team/app:v1", "repository-upper-case"],
  ["host.example/", "repository-malformed"],
  ["docker.io/", "repository-malformed"],
  ["/app", "repository-malformed"],
  ["app/", "repository-malformed"],
  ["a//b", "repository-malformed"],
  ["a/../b", "repository-malformed"],
  [":tag", "repository-malformed"],
  [`@${sha}`, "repository-malformed"],
  ["-app", "repository-malformed"],
  ["app-", "repository-malformed"],
  ["_app", "repository-malformed"],
  ["a___b", "repository-malformed"],
  ["a..b", "repository-malformed"],
  ["a._b", "repository-malformed"],
  ["a b", "repository-malformed"],
  [" app", "repository-malformed"],
  ["app\n", "repository-malformed"],
  ["äpp", "repository-malformed"],
  ["app*", "repository-malformed"],
  [`host.example/${long(256)}`, "repository-too-long"],
  [long(248), "repository-too-long"],
  ["app:", "tag-malformed"],
  ["app:.a", "tag-malformed"],
  ["app:-a", "tag-malformed"],
  ["app:a:b", "tag-malformed"],
  ["app:a b", "tag-malformed"],
  ["app:ä", "tag-malformed"],
  ["app:v1\n", "tag-malformed"],
  [`app:${long(129)}`, "tag-too-long"],
  ["app@", "digest-malformed"],
  ["app@v1", "digest-malformed"],
  ["app@sha256:abc", "digest-malformed"],
  [`app@sha256:${hex.toUpperCase()}`, "digest-malformed"],
  [`app@sha256:${hex}00`, "digest-malformed"],
  [`app@${sha}@${sha}`, "digest-malformed"],
  [`app@${sha}:tag`, "digest-malformed"],
];

function problemOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    if (isOciBuildError(error, "REGISTRY_REFERENCE_INVALID")) return error.data["problem"];
    throw error;
  }
  return "none";
}

const goodCases = good.map(([text, registry, repository, tag, digest]) => ({
  text,
  reference: {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  },
}));

describe("parseReference", () => {
  it.each(goodCases)("reads $text", ({ text, reference }) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each(goodCases)("reads back in full and in short what it read from $text", ({ text }) => {
    const reference = parseReference(text);
    expect(parseReference(formatReference(reference))).toEqual(reference);
    expect(parseReference(familiarName(reference))).toEqual(reference);
  });

  it.each(bad)("refuses %j for %s", (text, problem) => {
    expect(problemOf(() => parseReference(text))).toBe(problem);
  });

  it("differs: digests other than sha256 are refused", () => {
    expect(problemOf(() => parseReference(`app@sha512:${hex}${hex}`))).toBe("digest-unsupported");
  });

  it("differs: a reference of more than 1,024 characters is refused", () => {
    const reference = `${`${long(60)}.`.repeat(15)}example/app`;
    expect(parseReference(reference).repository).toBe("app");
    expect(problemOf(() => parseReference(`${long(1024 - reference.length + 1)}${reference}`))).toBe(
      "too-long",
    );
  });

  it("says in one line what is wrong, on what, and repeats at most 200 characters", () => {
    expect(() => parseReference("Debian:12")).toThrow(
      'invalid image reference "Debian:12": the repository must be lower case',
    );
    expect(() => parseReference(`a\n${long(900)}`)).toThrow(
      `invalid image reference "a\\n${long(198)}": the repository must be`,
    );
  });

  it("needs time in proportion to the text, whatever the text", () => {
    const before = process.cpuUsage();
    for (const unit of ["a-", "a.", "a_", "a", "-", "a/", "[:"]) {
      const text = unit.repeat(1000 / unit.length);
      problemOf(() => parseReference(`${text}!`));
      problemOf(() => parseReference(`${text}!/app`));
      problemOf(() => parseReference(`host.example/${text}!`));
    }
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });

  it("never fails but with its own error", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aZ0.-_:/@[]% \u00e9\n"), maxLength: 40 }), (text) => {
        const problem = problemOf(() => parseReference(text));
        if (problem !== "none") return;
        const reference = parseReference(text);
        expect(parseReference(formatReference(reference))).toEqual(reference);
        expect(parseReference(familiarName(reference))).toEqual(reference);
      }),
    );
  });
});

describe("parseTaggedReference", () => {
  it("takes latest for a missing tag", () => {
    expect(parseTaggedReference("app")).toEqual({
      registry: "docker.io",
      repository: "library/app",
      tag: "latest",
    });
  });

  it("keeps a given tag", () => {
    expect(parseTaggedReference("localhost:5000/app:1").tag).toBe("1");
  });

  it.each([`app@${sha}`, `app:1@${sha}`])("refuses the digest of %s", (text) => {
    expect(problemOf(() => parseTaggedReference(text))).toBe("digest-not-allowed");
  });
});
