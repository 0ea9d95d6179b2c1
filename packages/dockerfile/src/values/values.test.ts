import { describe, expect, it } from "vitest";
import {
  nearest,
  normalizePlatform,
  parseDuration,
  parsePlatform,
  parsePortSpec,
  parseSignal,
} from "../index.js";
import { parseBoolean } from "./parse-boolean.js";
import { parseByteSize } from "./parse-byte-size.js";

describe("parseDuration", () => {
  it.each([
    ["0", 0],
    ["+0", 0],
    ["1ns", 1],
    ["1us", 1e3],
    ["1µs", 1e3],
    ["1μs", 1e3],
    ["1ms", 1e6],
    ["30s", 30e9],
    ["1m30s", 90e9],
    ["1h", 3600e9],
    ["1h1m1s1ms1us1ns", 3_661_001_001_001],
    ["1.5h", 5400e9],
    [".5s", 5e8],
    ["1.s", 1e9],
    ["0.0000000019s", 1],
    ["-2s", -2e9],
    ["1s1s", 2e9],
  ])("reads %s as %d ns", (text, ns) => {
    expect(parseDuration(text)).toEqual({ ok: true, ns });
  });

  it.each(["", "s", "1", "1 s", "1S", "1d", "1.2.3s", ".s", "-", "1s ", "s1", "9999999h", "1e3s", "--1s"])(
    "refuses %j",
    (text) => {
      expect(parseDuration(text).ok).toBe(false);
    },
  );
});

describe("parsePortSpec", () => {
  it.each([
    ["80", ["80/tcp"], false],
    ["80/", ["80/tcp"], false],
    ["0", ["0/tcp"], false],
    ["65535/UDP", ["65535/udp"], false],
    ["9/sctp", ["9/sctp"], false],
    ["7-9", ["7/tcp", "8/tcp", "9/tcp"], false],
    ["7-7/udp", ["7/udp"], false],
    ["080", ["80/tcp"], false],
    ["80:90", ["90/tcp"], true],
    ["1-3:11-13", ["11/tcp", "12/tcp", "13/tcp"], true],
    ["1-3:80", ["80/tcp"], true],
    ["127.0.0.1:80:90/udp", ["90/udp"], true],
    ["127.0.0.1::90", ["90/tcp"], true],
    ["[::1]:80:90", ["90/tcp"], true],
    ["::1:80:90", ["90/tcp"], true],
  ])("reads %s as %j", (text, ports, hasHostPart) => {
    expect(parsePortSpec(text)).toEqual({ ok: true, ports, hasHostPart });
  });

  it.each([
    "",
    "/tcp",
    "x",
    "-1",
    "1-",
    "9-7",
    "65536",
    "80/icmp",
    "80/tcp/x",
    "a:80",
    "1-2:1-3",
    "localhost:1:2",
    "80 ",
  ])("refuses %j", (text) => {
    expect(parsePortSpec(text).ok).toBe(false);
  });
});

describe("parseSignal", () => {
  it.each([
    ["15", 15],
    ["+9", 9],
    ["0064", 64],
    ["-1", -1],
    ["1000", 1000],
    ["-9223372036854775808", -(2 ** 63)],
    ["SIGTERM", 15],
    ["term", 15],
    ["sigKill", 9],
    ["SIGRTMIN", 34],
    ["RTMIN+15", 49],
    ["sigrtmax-14", 50],
    ["RTMAX", 64],
  ])("reads %s as %d", (text, number) => {
    expect(parseSignal(text)).toBe(number);
  });

  it.each([
    ...["", "0", "-0", "00", "SIG", "SIGNOPE", "RTMIN+16", "RTMAX-15", "RTMIN+0", "1.5", "15 "],
    ...["9223372036854775808", "-", "0x9", "--1"],
  ])("refuses %j", (text) => {
    expect(parseSignal(text)).toBeUndefined();
  });
});

describe("parsePlatform", () => {
  it.each([
    ["linux", { parts: ["linux"] }],
    ["linux/arm64", { parts: ["linux", "arm64"] }],
    ["linux/arm/v7", { parts: ["linux", "arm", "v7"] }],
    ["windows(10.0.17763)/amd64", { parts: ["windows", "amd64"], osVersion: "10.0.17763" }],
  ])("reads %s", (text, platform) => {
    expect(parsePlatform(text)).toEqual(platform);
  });

  it.each(["", "/", "linux/", "a/b/c/d", "linux amd64", "lin*x"])("refuses %j", (text) => {
    expect(parsePlatform(text)).toBeUndefined();
  });
});

describe("normalizePlatform", () => {
  const host = { os: "linux", architecture: "arm", variant: "v6" };
  const show = (text: string) => {
    const platform = normalizePlatform(text, host);
    return (
      platform && [platform.os, platform.architecture, platform.variant, platform.osVersion].join(" ").trim()
    );
  };

  it.each([
    ["linux/amd64", "linux amd64"],
    ["linux/amd64/v1", "linux amd64"],
    ["linux/amd64/v2", "linux amd64 v2"],
    ["LINUX/X86_64", "linux amd64"],
    ["linux/x86-64", "linux amd64"],
    ["linux/i386/v2", "linux 386"],
    ["linux/arm64/v8", "linux arm64"],
    ["linux/arm64/8", "linux arm64"],
    ["linux/aarch64/v9", "linux arm64 v9"],
    ["linux/arm", "linux arm v7"],
    ["linux/arm/7", "linux arm v7"],
    ["linux/arm/v5", "linux arm v5"],
    ["linux/arm/5", "linux arm v5"],
    ["linux/armhf/v6", "linux arm v7"],
    ["linux/armel", "linux arm v6"],
    ["armel", "linux arm v6"],
    ["arm", "linux arm v7"],
    ["riscv64", "linux riscv64"],
    ["linux", "linux arm v6"],
    ["macOS", "darwin arm v6"],
    ["macos/arm64", "darwin arm64"],
    ["toaster/bread", "toaster bread"],
    ["windows(10.0.17763)/amd64", "windows amd64  10.0.17763"],
    ["windows()/amd64", "windows amd64"],
  ])("reads %s as %s", (text, expected) => {
    expect(show(text)).toBe(expected);
  });

  it.each(["", "toaster", "linux/", "linux/a/b/c", "linux/a b"])("refuses %j", (text) => {
    expect(show(text)).toBeUndefined();
  });
});

describe("parseByteSize", () => {
  it.each([
    ["0", 0],
    ["4096", 4096],
    ["4096b", 4096],
    ["1k", 1024],
    ["1K", 1024],
    ["1kb", 1024],
    ["1KiB", 1024],
    ["1.5m", 1_572_864],
    ["2 g", 2_147_483_648],
    ["1t", 1_099_511_627_776],
  ])("reads %s as %d bytes", (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  it.each(["", "m", "-1", "1x", "1ki", "1 kb b", "1e3", "99999p"])("refuses %j", (text) => {
    expect(parseByteSize(text)).toBeUndefined();
  });
});

describe("parseBoolean", () => {
  it.each(["1", "t", "T", "true", "True", "TRUE"])("takes %s for true", (text) => {
    expect(parseBoolean(text)).toBe(true);
  });

  it.each(["0", "f", "F", "false", "False", "FALSE"])("takes %s for false", (text) => {
    expect(parseBoolean(text)).toBe(false);
  });

  it.each(["", "yes", "on", "tRUE", "2"])("refuses %j", (text) => {
    expect(parseBoolean(text)).toBeUndefined();
  });
});

describe("nearest", () => {
  const flags = ["from", "chown", "chmod", "link", "parents"];

  it.each([
    ["form", "from"],
    ["chwon", "chown"],
    ["FROM", undefined],
    ["Form", "from"],
    ["links", "link"],
    ["perants", "parents"],
    ["xyz", undefined],
    ["", undefined],
    ["from", undefined],
  ])("suggests for %j %j", (word, expected) => {
    expect(nearest(word, flags)).toBe(expected);
  });

  it("asks no more than one edit of a short word", () => {
    expect(nearest("foo", ["for", "bar"])).toBe("for");
    expect(nearest("foo", ["from"])).toBeUndefined();
  });

  it("takes the first of equally near ones", () => {
    expect(nearest("abcd", ["abcx", "abcy"])).toBe("abcx");
  });
});
