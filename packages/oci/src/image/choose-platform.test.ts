import { describe, expect, it } from "vitest";
import { parseDigest } from "../digest.js";
import { choosePlatform } from "./choose-platform.js";
import type { Descriptor } from "./descriptor.js";
import { mediaTypes } from "./media-types.js";
import type { Platform } from "./platform.js";

/** `linux/arm/v7`, `windows(10.0.17763.1)/amd64`; `-` for none. */
function platform(text: string): Platform {
  const [, os = "", version, architecture = "", variant] =
    /^(\w+)(?:\(([^)]*)\))?\/(\w+)(?:\/([\w.]+))?$/.exec(text) ?? [];
  return { os, architecture, variant, "os.version": version };
}

function descriptor(text: string, index: number): Descriptor {
  const digest = parseDigest(`sha256:${String(index).padStart(64, "0")}`);
  const [name = "", mark] = text.split(" ");
  return {
    mediaType: mark === "artifact" ? "application/vnd.example" : mediaTypes.imageManifest,
    digest,
    size: 1,
    ...(name === "-" ? {} : { platform: platform(name) }),
    ...(mark === "attestation"
      ? { annotations: { "vnd.docker.reference.type": "attestation-manifest" } }
      : {}),
  };
}

function chosen(wanted: string, offered: readonly string[]): string | undefined {
  const manifests = offered.map(descriptor);
  const found = choosePlatform(manifests, platform(wanted));
  return found === undefined ? undefined : offered[manifests.indexOf(found)];
}

describe("choosePlatform", () => {
  it.each<[string, readonly string[], string | undefined]>([
    ["linux/amd64", ["linux/arm64", "linux/amd64"], "linux/amd64"],
    ["linux/amd64", ["windows/amd64", "linux/amd64"], "linux/amd64"],
    ["linux/amd64", ["linux/x86_64"], "linux/x86_64"],
    ["linux/amd64", ["linux/amd64/v1"], "linux/amd64/v1"],
    ["linux/amd64", ["linux/amd64/v2"], undefined],
    ["linux/amd64/v3", ["linux/amd64", "linux/amd64/v2", "linux/amd64/v4"], "linux/amd64/v2"],
    ["linux/amd64/v3", ["linux/386", "linux/amd64"], "linux/amd64"],
    ["linux/amd64", ["linux/386"], "linux/386"],
    ["linux/386", ["linux/amd64"], undefined],
    ["linux/arm64", ["linux/arm64/v8"], "linux/arm64/v8"],
    ["linux/arm64/v8", ["linux/arm64"], "linux/arm64"],
    ["linux/arm64/v9", ["linux/arm64", "linux/arm/v7"], "linux/arm64"],
    ["linux/arm64", ["linux/arm/v6", "linux/arm/v7", "linux/arm/v5"], "linux/arm/v7"],
    ["linux/arm64", ["linux/arm/v7", "linux/arm64"], "linux/arm64"],
    ["linux/aarch64", ["linux/arm64"], "linux/arm64"],
    ["linux/arm/v7", ["linux/arm/v5", "linux/arm/v6"], "linux/arm/v6"],
    ["linux/arm/v6", ["linux/arm/v7", "linux/arm/v5"], "linux/arm/v5"],
    ["linux/arm", ["linux/arm/v8", "linux/arm/v7"], "linux/arm/v7"],
    ["linux/arm/7", ["linux/arm"], "linux/arm"],
    ["linux/riscv64", ["linux/amd64", "linux/riscv64"], "linux/riscv64"],
    ["linux/s390x", ["linux/amd64"], undefined],
    ["linux/amd64", ["unknown/unknown", "linux/amd64"], "linux/amd64"],
    ["linux/amd64", ["linux/amd64 attestation"], undefined],
    ["linux/amd64", ["linux/amd64 artifact", "linux/amd64"], "linux/amd64"],
    ["linux/amd64", ["-", "linux/386"], "linux/386"],
    ["linux/amd64", ["linux/arm64", "-"], "-"],
    [
      "windows(10.0.17763.5)/amd64",
      ["windows(10.0.14393.1)/amd64", "windows(10.0.17763.9)/amd64"],
      "windows(10.0.17763.9)/amd64",
    ],
    ["windows(10.0.20348.5)/amd64", ["windows(10.0.14393.1)/amd64"], undefined],
    [
      "windows/amd64",
      ["windows(10.0.14393.1)/amd64", "windows(10.0.17763.9)/amd64"],
      "windows(10.0.14393.1)/amd64",
    ],
    ["linux/amd64", [], undefined],
  ])("for %s of %j takes %s", (wanted, offered, expected) => {
    expect(chosen(wanted, offered)).toBe(expected);
  });

  it("takes the first of equal ones", () => {
    const manifests = ["linux/amd64", "linux/amd64"].map(descriptor);
    expect(choosePlatform(manifests, platform("linux/amd64"))).toBe(manifests[0]);
  });
});
