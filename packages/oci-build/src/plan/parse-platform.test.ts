import { describe, expect, it } from "vitest";
import { hostPlatform, parsePlatform } from "./parse-platform.js";

const host = { os: "linux", architecture: "amd64" };

describe("parsePlatform", () => {
  it.each([
    ["linux/amd64", { os: "linux", architecture: "amd64" }],
    ["linux/arm64/v8", { os: "linux", architecture: "arm64" }],
    ["linux/arm", { os: "linux", architecture: "arm", variant: "v7" }],
    ["linux/arm/v6", { os: "linux", architecture: "arm", variant: "v6" }],
    ["linux/arm/6", { os: "linux", architecture: "arm", variant: "v6" }],
    ["LINUX/x86_64", { os: "linux", architecture: "amd64" }],
    ["aarch64", { os: "linux", architecture: "arm64" }],
    ["armhf", { os: "linux", architecture: "arm", variant: "v7" }],
    ["linux", { os: "linux", architecture: "amd64" }],
    ["windows/amd64", { os: "windows", architecture: "amd64" }],
    ["armel", { os: "linux", architecture: "arm", variant: "v6" }],
    ["linux/armhf/v6", { os: "linux", architecture: "arm", variant: "v7" }],
    ["windows(10.0.17763)/amd64", { os: "windows", architecture: "amd64", "os.version": "10.0.17763" }],
    ["linux/amd64/v2", { os: "linux", architecture: "amd64", variant: "v2" }],
  ])("reads %s", (text, platform) => {
    expect(parsePlatform(text, host)).toEqual(platform);
  });

  it.each(["", "linux/", "linux/amd64/v2/x", "toaster", "linux/am d64", "linux/amd64,linux/arm64"])(
    "refuses %j",
    (text) => {
      expect(() => parsePlatform(text, host)).toThrowError(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    },
  );
});

describe("parsePlatform of an unknown system", () => {
  it.each(["toaster/amd64", "arm/v7", "amd64/linux"])(
    "Differs: containerd takes any word for a system; %s is refused",
    (text) => {
      expect(() => parsePlatform(text, host)).toThrowError(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    },
  );
});

describe("hostPlatform", () => {
  it.each([
    ["x64", { os: "linux", architecture: "amd64" }],
    ["arm64", { os: "linux", architecture: "arm64" }],
    ["arm", { os: "linux", architecture: "arm", variant: "v7" }],
    ["ia32", { os: "linux", architecture: "386" }],
  ])("takes Node's %s as linux's", (architecture, platform) => {
    expect(hostPlatform(architecture)).toEqual(platform);
  });
});
