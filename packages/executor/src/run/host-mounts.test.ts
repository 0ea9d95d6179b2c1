import { describe, expect, it } from "vitest";
import { lockedFlags, parseMountInfo, shownPart } from "./host-mounts.js";

const mounts = parseMountInfo(
  [
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
    "30 27 0:22 / /sys ro,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw",
    "31 27 0:30 / /with\\040space rw,nosuid,noexec master:2 propagate_from:3 - tmpfs none rw",
    "32 30 0:31 / /sys/fs/cgroup rw,nodev - cgroup2 cgroup2 rw",
    "",
  ].join("\n"),
);

describe("parseMountInfo", () => {
  it("reads targets and types, with any number of tags", () => {
    expect(mounts.map(({ target, type }) => `${target} ${type}`)).toEqual([
      "/ ext4",
      "/sys sysfs",
      "/with space tmpfs",
      "/sys/fs/cgroup cgroup2",
    ]);
  });
});

describe("lockedFlags", () => {
  it.each([
    ["/home/me", ["relatime"]],
    ["/sys", ["ro", "nosuid", "nodev", "noexec", "relatime"]],
    ["/system", ["relatime"]],
    ["/with space/x", ["nosuid", "noexec"]],
    ["/sys/fs/cgroup/x", ["nodev"]],
  ])("gives those of the mount that %s lies on", (path, flags) => {
    expect(lockedFlags(mounts, path)).toEqual(flags);
  });

  it("takes the mount that lies over another at the same place", () => {
    const twice = [...mounts, { target: "/", type: "overlay", device: "0:9", root: "/", flags: ["nodev"] }];
    expect(lockedFlags(twice, "/home")).toEqual(["nodev"]);
  });
});

describe("shownPart", () => {
  it.each([
    ["/home/a b", "254:0", "/home/a\\040b"],
    ["/", "254:0", "/"],
    ["/with space", "0:30", "/"],
    ["/with space/x\ny", "0:30", "/x\\012y"],
    ["/part", "0:40", "/of/it"],
    ["/part/x", "0:40", "/of/it/x"],
  ])("tells what a bind of %j has in mountinfo", (path, device, shown) => {
    const more = parseMountInfo("33 27 0:40 /of/it /part rw - ext4 none rw\n");
    expect(shownPart([...mounts, ...more], path)).toEqual({ device, path: shown });
  });
});
