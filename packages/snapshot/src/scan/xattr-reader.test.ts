import fs from "node:fs";
import path from "node:path";
import { setAttributeSync } from "@napi-rs/xattr";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../../test/temporary-directory.js";
import { type ScanResult, scanDirectory } from "./scan-directory.js";
import { isKept, loadXattrReader } from "./xattr-reader.js";

const scan = async (root: string, xattrs: "read" | "skip" = "read"): Promise<ScanResult> =>
  await scanDirectory({ root, owners: { uid: 0, gid: 0 }, xattrs });

/** Whether the temporary folder's file system has user attributes; tmpfs does since Linux 6.6. */
async function rootWithXattr(skip: (reason: string) => void): Promise<string> {
  const root = await temporaryDirectory();
  fs.writeFileSync(path.join(root, "a"), "");
  try {
    setAttributeSync(path.join(root, "a"), "user.note", "text");
  } catch (error) {
    skip(`the temporary folder has no extended attributes: ${String(error)}`);
  }
  return root;
}

describe.runIf(process.platform === "linux")("scanDirectory with extended attributes", () => {
  it("reads the attributes of files and directories, sorted by name", async ({ skip }) => {
    const root = await rootWithXattr(skip);
    fs.mkdirSync(path.join(root, "d"));
    setAttributeSync(path.join(root, "a"), "user.b", Buffer.from([0, 255]));
    setAttributeSync(path.join(root, "d"), "user.dir", "");
    const { snapshot, warnings } = await scan(root);
    expect([...(snapshot.get("a")?.xattrs ?? [])]).toEqual([
      ["user.b", Buffer.from([0, 255])],
      ["user.note", Buffer.from("text")],
    ]);
    expect([...(snapshot.get("d")?.xattrs ?? [])]).toEqual([["user.dir", Buffer.alloc(0)]]);
    expect(warnings).toEqual([]);
  });

  it("does not read those of a link's target", async ({ skip }) => {
    const root = await rootWithXattr(skip);
    fs.symlinkSync("a", path.join(root, "l"));
    expect((await scan(root)).snapshot.get("l")).not.toHaveProperty("xattrs");
  });

  it("leaves out overlayfs's marks", async ({ skip }) => {
    const root = await rootWithXattr(skip);
    setAttributeSync(path.join(root, "a"), "user.overlay.opaque", "y");
    expect([...((await scan(root)).snapshot.get("a")?.xattrs?.keys() ?? [])]).toEqual(["user.note"]);
  });

  it("reads none when they are to be skipped", async ({ skip }) => {
    const root = await rootWithXattr(skip);
    expect((await scan(root, "skip")).snapshot.get("a")).not.toHaveProperty("xattrs");
  });

  it("warns of a name that is not UTF-8, which the addon cannot take", async () => {
    const root = await temporaryDirectory();
    fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]), "");
    expect((await scan(root)).warnings).toMatchObject([{ kind: "xattrs-unreadable", path: "\udcff" }]);
  });
});

describe("isKept", () => {
  it.each([
    ["user.note", true],
    ["security.capability", true],
    ["user.overlay.opaque", false],
    ["security.selinux", false],
    ["security.ima", false],
    ["system.posix_acl_access", false],
    ["trusted.overlay.opaque", false],
    ["com.apple.quarantine", false],
  ])("%s: %j", (name, kept) => {
    expect(isKept(name)).toBe(kept);
  });
});

describe("loadXattrReader", () => {
  it("gives nothing when the addon cannot be loaded, whatever the reason", async () => {
    expect(
      await loadXattrReader(() => Promise.reject(new Error("no binary for this system"))),
    ).toBeUndefined();
  });
});
