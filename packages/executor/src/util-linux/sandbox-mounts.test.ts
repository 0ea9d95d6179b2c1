import { existsSync, realpathSync } from "node:fs";
import { fileTreeOf } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import type { MountLine, PreparedCommand } from "../run/backend.js";
import { type HostView, sandboxMounts } from "./sandbox-mounts.js";

const command: PreparedCommand = {
  folder: "/f",
  root: "/f/root",
  side: "/f/side",
  content: "fixed",
  tree: fileTreeOf([]),
  args: ["/bin/true"],
  env: new Map(),
  cwd: "/",
  user: { uid: 0, gid: 0, groups: [0] },
  mounts: [{ type: "tmpfs", source: "tmpfs", target: "/mine", options: [] }],
  network: "host",
  security: "sandbox",
  hostname: "h",
  shmSizeBytes: 4096,
  ulimits: [],
  stdio: "captured",
};
const host: HostView = {
  mapping: "root",
  starter: "/bin/sh",
  hostMounts: [
    { target: "/", type: "ext4", device: "8:1", root: "/", flags: ["noatime"] },
    { target: "/proc", type: "proc", device: "0:1", root: "/", flags: [] },
    { target: "/sys", type: "sysfs", device: "0:2", root: "/", flags: ["nosuid"] },
    { target: "/proc/sys", type: "proc", device: "0:1", root: "/", flags: ["ro"] },
  ],
};

const isLinux = process.platform === "linux";
const at = (lines: readonly MountLine[], target: string): MountLine | undefined =>
  lines.find((line) => line.target === target);

describe.runIf(isLinux)("sandboxMounts (skipped: needs Linux)", () => {
  const lines = sandboxMounts(command, host);

  it("covers each whole /proc and /sys of the host, /proc last of all", () => {
    expect(lines.slice(-3).map(({ type, target }) => `${type} ${target}`)).toEqual([
      "tmpfs /proc/sys",
      "tmpfs /sys",
      "tmpfs /proc",
    ]);
  });

  it("makes the command's mounts after all others of the root", () => {
    const inside = lines.filter(({ target }) => target.startsWith("/f/root"));
    expect(inside.at(-1)?.target).toBe("/f/root/mine");
  });

  it("lets nobody write to settings of the kernel", () => {
    expect(at(lines, "/f/root/proc/sys")?.options).toContain("ro");
    expect(at(lines, "/f/root/sys")?.options).toContain("ro");
  });

  it("binds devices so that nobody can change the host's", () => {
    const nodes = lines.filter(({ type, source }) => type === "bind" && source.startsWith("/dev/"));
    expect(nodes.length).toBeGreaterThan(5);
    for (const { options } of nodes) expect(options).toContain("ro");
  });

  it("lets nobody change the program that starts the command, which /proc/self/exe leads to", () => {
    const starter = realpathSync("/bin/sh");
    expect(at(lines, starter)).toEqual({
      ...{ type: "bind", source: starter, target: starter },
      options: ["bind", "ro", "nosuid", "nodev", "noatime"],
    });
  });

  it("takes the host's /sys, with its flags and without its cgroups, where a new one is refused", () => {
    const rootless = sandboxMounts(command, { ...host, mapping: "subordinate" });
    expect(at(rootless, "/f/root/sys")).toMatchObject({ type: "bind", source: "/sys" });
    expect(at(rootless, "/f/root/sys/fs/cgroup")?.type).toBe("tmpfs");
    const alone = sandboxMounts({ ...command, network: "none" }, { ...host, mapping: "subordinate" });
    expect(at(alone, "/f/root/sys")?.type).toBe("sysfs");
  });

  it("gives terminals to their group only where there is one", () => {
    expect(at(lines, "/f/root/dev/pts")?.options).toContain("gid=5");
    const single = sandboxMounts(command, { ...host, mapping: "single" });
    expect(at(single, "/f/root/dev/pts")?.options).not.toContain("gid=5");
  });

  it("hides nothing from an insecure command but the host's shared memory", () => {
    const open = sandboxMounts({ ...command, security: "insecure" }, host);
    const own = ["/dev/pts", "/dev/shm", "/dev/mqueue"].filter((folder) => existsSync(folder));
    expect(open.map(({ target }) => target)).toEqual([
      "/f/root/proc",
      "/f/root/dev",
      ...own.map((folder) => `/f/root${folder}`),
      "/f/root/sys",
      "/f/root/mine",
    ]);
  });
});
