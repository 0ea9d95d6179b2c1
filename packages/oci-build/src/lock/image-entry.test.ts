import { assembleIndex, digestOf, mediaTypes, type Platform } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { formatLock } from "./format-lock.js";
import { imageEntry } from "./image-entry.js";
import { parseLock } from "./parse-lock.js";

const reference = "docker.io/library/a:1";

function entryOf(platforms: readonly (Platform | undefined)[]): ReturnType<typeof imageEntry> {
  const root = assembleIndex(
    platforms.map((platform, at) => ({
      mediaType: mediaTypes.imageManifest,
      digest: digestOf(Buffer.from(String(at))),
      size: 1,
      ...(platform === undefined ? {} : { platform }),
    })),
  );
  return imageEntry(reference, { root, manifest: root, config: root });
}

const amd64 = { os: "linux", architecture: "amd64" };

describe("imageEntry", () => {
  it.each<[string, readonly (Platform | undefined)[], readonly string[]]>([
    [
      "variants",
      [amd64, { os: "linux", architecture: "arm", variant: "v7" }],
      ["linux/amd64", "linux/arm/v7"],
    ],
    ["what has no platform", [undefined, amd64], ["linux/amd64"]],
    ["attestations", [amd64, { os: "unknown", architecture: "unknown" }], ["linux/amd64"]],
    ["text that ends a line", [{ os: 'a"\n[image."x', architecture: "b" }, amd64], ["linux/amd64"]],
    ["text that is a path", [{ os: "a/b/c", architecture: "d" }, amd64], ["linux/amd64"]],
    ["text that is long", [{ os: "a".repeat(65), architecture: "d" }, amd64], ["linux/amd64"]],
    ["names of prototypes", [{ os: "__proto__", architecture: "a" }], ["__proto__/a"]],
  ])("tells of the platforms, with %s", (_, platforms, names) => {
    const entry = entryOf(platforms);
    expect(Object.keys(entry.platforms)).toEqual(names);
    expect(parseLock(formatLock([entry], "Dockerfile"), "")).toEqual(new Map([[reference, entry]]));
  });

  it("takes the first of two manifests for one platform, as a build does", () => {
    expect(entryOf([amd64, amd64]).platforms).toEqual({ "linux/amd64": digestOf(Buffer.from("0")) });
  });

  it("tells of a hundred platforms at most, so that the file stays one that can be read", () => {
    const many = Array.from({ length: 150 }, (_, at) => ({ os: "linux", architecture: `a${at}` }));
    expect(Object.keys(entryOf(many).platforms)).toHaveLength(100);
  });
});
