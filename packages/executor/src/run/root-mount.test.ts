import { describe, expect, it } from "vitest";
import { parseMountInfo } from "./host-mounts.js";
import { type RootFlagsOptions, rootFlags } from "./root-mount.js";

const copied = { kind: "copied", folder: "/store/r1/root" } as const;
const hostMounts = (): ReturnType<typeof parseMountInfo> =>
  parseMountInfo("30 1 8:1 / / rw,relatime - ext4 d rw\n31 30 8:2 / /store rw,nosuid,noatime - ext4 e rw\n");

describe("rootFlags", () => {
  it.each<[string, Omit<RootFlagsOptions, "hostMounts">, readonly string[]]>([
    ["an overlay", { files: { kind: "stacked" }, security: "sandbox", mapping: "subordinate" }, ["nodev"]],
    [
      "a copy in a user namespace, which keeps the flags of the store's mount",
      { files: copied, security: "sandbox", mapping: "single" },
      ["nodev", "nosuid", "noatime"],
    ],
    ["a copy of root", { files: copied, security: "sandbox", mapping: "root" }, ["nodev"]],
    ["a copy of root that may use devices", { files: copied, security: "insecure", mapping: "root" }, []],
  ])("are those of %s", (_, options, flags) => {
    expect(rootFlags({ ...options, hostMounts })).toEqual(flags);
  });
});
