import { describe, expect, it } from "vitest";
import { fileSystemTrust } from "./stat-trust.js";

describe("fileSystemTrust", () => {
  it.each([
    ["ext4", 0xef53, true],
    ["xfs", 0x58465342, true],
    ["btrfs", 0x9123683e, true],
    ["btrfs as a negative number", 0x9123683e | 0, true],
    ["overlayfs", 0x794c7630, true],
    ["tmpfs", 0x01021994, true],
    ["NFS", 0x6969, false],
    ["CIFS", 0xff534d42, false],
    ["9p", 0x01021997, false],
    ["FUSE", 0x65735546, false],
    ["what cannot be asked", undefined, false],
  ])("on Linux, for %s", (_, type, isTrusted) => {
    expect(fileSystemTrust("linux", () => type)("/x")).toBe(isTrusted);
  });

  it("on macOS, for what has the number of the system's own volume", () => {
    const types = new Map<unknown, number>([
      ["/", 26],
      ["/Users", 26],
      ["/Volumes/stick", 30],
    ]);
    const trust = fileSystemTrust("darwin", (path) => types.get(path));
    expect(["/Users", "/Volumes/stick", "/none"].map(trust)).toEqual([true, false, false]);
  });

  it("on Windows, for nothing, since Node tells no type there", () => {
    expect(fileSystemTrust("win32", () => 0)("C:\\x")).toBe(false);
  });

  it("asks the running system", () => {
    expect(fileSystemTrust("linux")("/nothing/is/here")).toBe(false);
    if (process.platform === "linux") expect(fileSystemTrust("linux")("/proc")).toBe(false);
  });
});
