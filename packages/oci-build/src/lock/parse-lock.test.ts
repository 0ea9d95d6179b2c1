import toml from "@iarna/toml";
import { isOciBuildError, mediaTypes, parseDigest } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatLock, inOrder } from "./format-lock.js";
import type { LockedImage } from "./locked-image.js";
import { parseLock } from "./parse-lock.js";

const one = `sha256:${"1".repeat(64)}`;
const two = `sha256:${"2".repeat(64)}`;

const good = [
  "# comment",
  "version = 1",
  "",
  '[image."docker.io/library/debian:12"]',
  `digest = "${one}"`,
  `media-type = "${mediaTypes.imageIndex}"`,
  `platform."linux/arm64/v8" = "${two}"`,
];

const debian: LockedImage = {
  reference: "docker.io/library/debian:12",
  digest: parseDigest(one),
  mediaType: mediaTypes.imageIndex,
  platforms: { "linux/arm64/v8": parseDigest(two) },
};

function problemOf(lines: readonly string[]): string {
  try {
    parseLock(lines.join("\n"), "Dockerfile.lock");
  } catch (error) {
    if (isOciBuildError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return "none";
}

/** The good lines, with one replaced or more added behind it. */
function withLine(at: number, ...lines: readonly string[]): readonly string[] {
  return good.toSpliced(at - 1, 1, ...lines);
}

describe("parseLock", () => {
  it("reads comments, entries and platforms", () => {
    expect([...parseLock(good.join("\n"), "")]).toEqual([[debian.reference, debian]]);
  });

  it("reads what git makes of it on Windows", () => {
    expect(parseLock(`\ufeff${good.join("\r\n")}\r\n`, "").size).toBe(1);
  });

  it.each<[string, readonly string[], string]>([
    ["no version", good.slice(2), "1: it does not say its version"],
    ["nothing", [""], "1: it does not say its version"],
    ["a comment alone", ["# version = 1"], "1: it does not say its version"],
    ["a version of 0", withLine(2, "version = 0"), "2: the version is no number from 1"],
    ["a version that is a text", withLine(2, 'version = "1"'), "2: the version is no number from 1"],
    ["two versions", withLine(2, "version = 1", "version = 1"), "3: the version stands there twice"],
    ["another key on top", withLine(2, "version = 1", 'name = "a"'), "3: name stands outside of an image"],
    ["a short name", withLine(4, '[image."debian:12"]'), '4: "debian:12" is not the full name'],
    ["a name without a tag", withLine(4, '[image."docker.io/library/debian"]'), "4: "],
    ["a name with a digest", withLine(4, `[image."docker.io/library/debian:12@${one}"]`), "4: "],
    ["a name that is none", withLine(4, '[image."__proto__"]'), '4: "__proto__" is not the full name'],
    ["two entries", [...good, ...good.slice(3)], "8: docker.io/library/debian:12 stands there twice"],
    ["another table", withLine(4, '[file."a"]'), "4: the line is not one that oci-build lock writes"],
    ["a digest of another kind", withLine(5, 'digest = "sha512:00"'), "5: a digest is sha256: and 64"],
    ["a digest in upper case", withLine(5, `digest = "${one.toUpperCase()}"`), "5: a digest is"],
    ["a digest that is a number", withLine(5, "digest = 1"), "5: a digest is"],
    ["two digests", withLine(5, `digest = "${one}"`, `digest = "${two}"`), "6: digest stands there twice"],
    ["no digest", good.toSpliced(4, 1), "4: docker.io/library/debian:12 has no digest"],
    ["no media type", good.toSpliced(5, 1), "4: docker.io/library/debian:12 has no media-type"],
    ["a media type of a layer", withLine(6, `media-type = "${mediaTypes.layer}"`), "6: the media-type"],
    ["a key that is none", withLine(6, 'tag = "12"'), "6: an image has no tag"],
    ["a platform that is none", withLine(7, `platform."__proto__" = "${one}"`), '7: "__proto__" is no'],
    ["two of a platform", [...good, good[6] ?? ""], "8: linux/arm64/v8 stands there twice"],
    ["escapes", withLine(5, `digest = "\\u0073${one.slice(1)}"`), "5: the line is not one"],
    ["a merge conflict", withLine(5, "<<<<<<< HEAD"), "5: a merge conflict is left"],
    ["JSON", ["{", '"lockfileVersion": 1'], "1: the line is not one"],
  ])("refuses %s, and says where", (_, lines, told) => {
    expect(problemOf(lines)).toContain(`LOCK_INVALID Dockerfile.lock:${told}`);
  });

  it("leaves a newer version to a newer program, whatever else stands there", () => {
    expect(problemOf(["version = 2", "new = [things]"])).toBe(
      "LOCK_VERSION_UNSUPPORTED Dockerfile.lock:1: the lock file has version 2, and this oci-build reads up to 1",
    );
  });

  it("needs time in proportion to the text, whatever the text", () => {
    const before = process.cpuUsage();
    for (const unit of [" ", "\t", '"', "=", "a", "-", '[image."', "\n", "platform.", '"a" ='])
      problemOf(["version = 1", good[3] ?? "", `${unit.repeat(1_000_000 / unit.length)}x`]);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});

const digest = fc.stringMatching(/^sha256:[0-9a-f]{64}$/).map(parseDigest);
const image = fc.record({
  reference: fc
    .stringMatching(/^[a-z]{1,5}\.[a-z]{1,5}(:[0-9]{2,4})?\/[a-z]{1,5}(\/[a-z0-9]{1,5})?:[A-Za-z0-9_.]{1,9}$/)
    .filter((text) => !text.includes(":.")),
  digest,
  mediaType: fc.constantFrom(mediaTypes.imageIndex, mediaTypes.dockerManifest),
  platforms: fc.dictionary(fc.constantFrom("linux/amd64", "linux/arm64/v8", "windows/amd64"), digest),
});

describe("formatLock", () => {
  it("writes what is read back as it was, and what is TOML to others", () => {
    fc.assert(
      fc.property(fc.array(image, { maxLength: 5 }), fc.string(), (images, name) => {
        const locked = new Map(images.map((entry) => [entry.reference, entry]));
        const text = formatLock(inOrder(locked), name);
        expect(parseLock(text, "")).toEqual(locked);
        expect(Object.keys((toml.parse(text)["image"] ?? {}) as object).sort()).toEqual(
          [...locked.keys()].sort(),
        );
      }),
    );
  });

  it("puts a change of one image into its lines alone", () => {
    const other = { ...debian, reference: "docker.io/library/alpine:3" };
    const lines = (...images: readonly LockedImage[]): readonly string[] =>
      formatLock(inOrder(new Map(images.map((entry) => [entry.reference, entry]))), "Dockerfile").split("\n");
    const before = lines(debian, other);
    expect(before.slice(1, 5)).toEqual([
      "version = 1",
      "",
      `[image."${other.reference}"]`,
      `digest = "${one}"`,
    ]);
    const after = lines({ ...debian, digest: parseDigest(two) }, other);
    expect(after.filter((line, at) => line !== before[at])).toEqual([`digest = "${two}"`]);
  });
});
