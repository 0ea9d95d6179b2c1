import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isOciBuildError } from "@oci-build/oci";
import { fileTreeOf } from "@oci-build/snapshot";
import { afterAll, describe, expect, it } from "vitest";
import { treeEntries } from "../../../snapshot/src/testing/tree-lines.js";
import type { ExecMount } from "../executor.js";
import { LayerLinks } from "./layer-links.js";
import { lookAsSelf } from "./look-on-disk.js";
import type { MountContext } from "./mount-context.js";
import { MountPlan } from "./plan-mounts.js";

const base = realpathSync(mkdtempSync(path.join(os.tmpdir(), "plan-mounts-")));
afterAll(() => rmSync(base, { recursive: true }));
const links = new LayerLinks(path.join(base, "l"));
const host = path.join(base, "host");
mkdirSync(path.join(host, "sub"), { recursive: true });
writeFileSync(path.join(host, "file"), "x");
symlinkSync("/etc/passwd", path.join(host, "out"));

const tree = fileTreeOf(
  treeEntries(
    "dir etc 0755",
    "link etc/resolv.conf -> ../run/resolve/stub.conf",
    "file f 0644 ''",
    "dir run 0755",
    "dir srv 0755",
    "dir var 0755",
    "link var/run -> /run",
    "link up -> ../../../..",
  ),
);

const context: MountContext = {
  folder: "/r",
  name: "r1",
  links,
  sources: {
    kind: "stacked",
    overlay: { xattrs: "trusted", volatile: "taken" },
    folders: () => Promise.resolve(["/layers/a", "/layers/b"]),
  },
  mapping: "root",
  hostMounts: () => [
    { target: "/", type: "ext4", device: "8:1", root: "/sub", flags: ["nosuid", "relatime"] },
  ],
  look: (at) => {
    const found = lookAsSelf(at);
    return found === "hidden" ? undefined : found;
  },
  openSocket: () => Promise.resolve("/tmp/agent/socket"),
};

const file = (target: string): ExecMount => {
  return { kind: "file", target, content: Buffer.from("x"), mode: 0o400, uid: 1, gid: 2 };
};
const memory = (target: string): ExecMount => ({ kind: "tmpfs", target });
const folder = (
  target: string,
  more: { path?: string; writes?: "refused" | "discarded" | "kept" },
): ExecMount => {
  const { path: inside = "", writes = "refused" } = more;
  return { kind: "bind", target, source: { kind: "folder", folder: host, path: inside }, writes };
};
const image = (target: string, writes: "refused" | "discarded"): ExecMount => {
  return {
    kind: "bind",
    target,
    source: { kind: "layers", root: { layers: [], tree }, path: "/srv" },
    writes,
  };
};

async function planned(mounts: readonly ExecMount[], more: Partial<MountContext> = {}): Promise<MountPlan> {
  const plan = new MountPlan(tree, { ...context, ...more });
  for (const mount of mounts) await plan.add(mount);
  return plan;
}

describe("MountPlan", () => {
  it("puts a mount at the end of the image's links", async () => {
    const plan = await planned([file("/etc/resolv.conf"), memory("/var/run/lock"), file("/up/f")]);
    expect(plan.mounts.map(({ target }) => target)).toEqual(["/run/resolve/stub.conf", "/run/lock", "/f"]);
  });

  it("puts what the image lacks into the stub layer, and nothing else", async () => {
    const plan = await planned([memory("/srv"), file("/f"), file("/run/secrets/one")]);
    const made = plan.stub.files("stub").map((entry) => entry.path);
    expect(made).toEqual(["stub", "stub/run", "stub/run/secrets", "stub/run/secrets/one"]);
  });

  it("has made what is missing in an earlier mount, and follows the links of that", async () => {
    const plan = await planned([
      memory("/srv"),
      file("/srv/a/secret"),
      folder("/run", {}),
      memory("/run/sub"),
    ]);
    expect(plan.mounts.map(({ target, make }) => [target, make])).toEqual([
      ["/srv", undefined],
      ["/srv/a/secret", "file"],
      ["/run", undefined],
      ["/run/sub", undefined],
    ]);
    expect(plan.stub.isEmpty).toBe(true);
  });

  it("lets no device be opened that a command makes in a mount, whatever kind of mount it is", async () => {
    const meta = { mode: 0o600, uid: 0, gid: 0 };
    const agent: ExecMount = { kind: "socket", target: "/agent", ...meta, serve: () => Promise.resolve() };
    const binds = [folder("/b", { writes: "kept" }), image("/c", "discarded")];
    const plan = await planned([memory("/a"), ...binds, file("/d"), agent]);
    const lax = plan.mounts.filter(({ options }) => !options.includes("nodev"));
    // There is nothing in a socket's own mount but the socket.
    expect(lax.map(({ target }) => target)).toEqual(["/agent"]);
  });

  it("lets no link in a mounted folder lead out of the root", async () => {
    const plan = await planned([folder("/srv", {}), file("/srv/out")]);
    expect(plan.mounts.at(-1)?.target).toBe("/etc/passwd");
    expect(plan.stub.files("stub").map((entry) => entry.path)).toContain("stub/etc/passwd");
  });

  it("keeps the bytes of a file in memory", async () => {
    const plan = await planned([file("/f")]);
    expect(plan.files).toMatchObject([{ path: "side/f1", mode: 0o400, uid: 1, gid: 2 }]);
    expect(plan.mounts[0]).toMatchObject({
      source: "/r/side/f1",
      options: ["bind", "ro", "nosuid", "nodev"],
    });
  });

  it("binds a folder of the host, for reading or for writing", async () => {
    const plan = await planned([folder("/srv", {}), folder("/run", { path: "sub", writes: "kept" })]);
    expect(plan.mounts.map(({ source, options }) => [source, options.join()])).toEqual([
      [host, "bind,nodev,ro"],
      ["/r/m1", "bind,nodev"],
    ]);
    const shows = { device: "8:1", path: `/sub${host}/sub` };
    expect(plan.lines).toEqual([
      { type: "bind", source: `${host}/sub`, target: "/r/m1", options: ["bind"], shows },
    ]);
  });

  it("says where others may put links between a look and a mount", async () => {
    const plan = await planned([
      folder("/srv", { writes: "kept" }),
      memory("/srv/a"),
      file("/srv/a/secret"),
      image("/run", "discarded"),
      file("/run/secret"),
    ]);
    expect(plan.mounts.map(({ target, through }) => [target, through])).toEqual([
      ["/srv", undefined],
      ["/srv/a", { folder: "/srv", type: "directory" }],
      ["/srv/a/secret", { folder: "/srv", type: "file" }],
      ["/run", undefined],
      ["/run/secret", undefined],
    ]);
  });

  it("keeps the flags of the host's mount where a user namespace cannot drop them", async () => {
    const plan = await planned([folder("/srv", { writes: "kept" })], { mapping: "subordinate" });
    expect(plan.mounts[0]?.options).toEqual(["bind", "nodev", "nosuid", "relatime"]);
  });

  it("mounts an image's layers from the top, and discards writes into a directory of the run", async () => {
    const plan = await planned([image("/srv", "refused"), image("/run", "discarded")]);
    const options = plan.lines.map((line) => line.options.filter((option) => option.includes("dir=")).join());
    expect(options).toEqual([
      `lowerdir=${links.name("/layers/b")}:${links.name("/layers/a")},redirect_dir=nofollow`,
      `lowerdir=${links.name("/layers/b")}:${links.name("/layers/a")},upperdir=../r1/m2-upper,workdir=../r1/m2-work,redirect_dir=nofollow`,
    ]);
    expect(plan.mounts.map(({ source }) => source)).toEqual(["/r/m1/srv", "/r/m2/srv"]);
  });

  it.each([
    ["the root itself", memory("/")],
    ["the root itself by a link", memory("/up")],
    ["a relative path", memory("srv")],
    ["a directory on a file", memory("/f")],
    ["a file on a directory", file("/srv")],
    ["something below a file", file("/f/x")],
    ["a source that is not there", folder("/srv", { path: "none" })],
    ["a source that a link leads out to", folder("/srv", { path: "out" })],
  ])("refuses %s", async (_, mount) => {
    await expect(planned([mount])).rejects.toSatisfy((error: unknown) =>
      isOciBuildError(error, "EXECUTOR_MOUNT_INVALID"),
    );
  });

  it.each([
    ["that is missing where nothing can be made", [folder("/run", {}), memory("/run/a/b")]],
    ["that is missing in an image, where nothing can be made", [image("/run", "refused"), file("/run/a")]],
    ["on a file", [folder("/run", { writes: "kept" }), memory("/run/file")]],
    ["on a directory", [folder("/run", { writes: "kept" }), file("/run/sub")]],
    ["below a file", [folder("/run", { writes: "kept" }), file("/run/file/a/b")]],
    ["below a file that is mounted", [file("/f"), file("/f/a")]],
  ])("refuses a mount in another one %s", async (_, mounts) => {
    await expect(planned(mounts)).rejects.toSatisfy((error: unknown) =>
      isOciBuildError(error, "EXECUTOR_MOUNT_INVALID"),
    );
  });

  it("has made what is missing in an image that may be written to", async () => {
    const plan = await planned([image("/run", "discarded"), memory("/run/a/b")]);
    expect(plan.mounts.at(-1)).toMatchObject({ target: "/run/a/b", make: "directory" });
  });

  it("refuses a link where the system's own directories are to be", () => {
    const linked = fileTreeOf(treeEntries("dir etc 0755", "link proc -> etc"));
    expect(() => new MountPlan(linked, context).addSystem("sandbox")).toThrow();
  });

  it.each([
    "/proc/self/root/usr/bin/setpriv",
    "/proc/1/cwd/x",
    "/proc/none",
    "/dev/fd/3/x",
    "/dev/stdout",
    "/way/usr/bin/setpriv",
    "/way",
  ])("refuses %s as a target, where links of the kernel lead out of the root", async (target) => {
    const plan = new MountPlan(fileTreeOf(treeEntries("link way -> /proc/self/root")), context);
    plan.addSystem("sandbox");
    await expect(plan.add(file(target))).rejects.toSatisfy((error: unknown) =>
      isOciBuildError(error, "EXECUTOR_MOUNT_INVALID"),
    );
  });

  it("Differs: nor below /sys", async () => {
    const plan = new MountPlan(tree, context);
    plan.addSystem("sandbox");
    const refused = 'cannot mount at "/sys/fs/cgroup": nothing is mounted below /sys';
    await expect(plan.add(memory("/sys/fs/cgroup"))).rejects.toThrow(refused);
  });

  it("knows what lies in /dev, and makes there what does not", async () => {
    const plan = new MountPlan(tree, context);
    plan.addSystem("sandbox");
    for (const mount of [file("/dev/null"), memory("/dev/shm"), file("/dev/pipes/E"), memory("/proc")]) {
      await plan.add(mount);
    }
    expect(plan.mounts.map(({ target, make }) => [target, make])).toEqual([
      ["/dev/null", undefined],
      ["/dev/shm", undefined],
      ["/dev/pipes/E", "file"],
      ["/proc", undefined],
    ]);
  });
});
