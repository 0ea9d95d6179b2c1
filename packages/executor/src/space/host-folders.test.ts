import { mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HostFolders, withHostFolders } from "./host-folders.js";

let top: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), "oci-build-folders-"));
});

afterEach(() => rm(top, { recursive: true, force: true }));

const using = <T>(work: (folders: HostFolders) => Promise<T>): Promise<T> =>
  withHostFolders({ env: process.env }, work);

describe.skipIf(process.platform !== "linux")("withHostFolders (skipped: needs Linux)", () => {
  it("makes folders of root with any mode, whatever the umask", async () => {
    const before = process.umask(0o077);
    try {
      await using((folders) => folders.make(join(top, "new"), { mode: 0o1777, uid: 0, gid: 0 }));
    } finally {
      process.umask(before);
    }
    const { mode, uid } = await stat(join(top, "new"));
    expect([mode & 0o7777, uid]).toEqual([0o1777, process.getuid?.()]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "makes folders of other users, and removes them (skipped: needs root)",
    async () => {
      const folder = join(top, "other");
      await using(async (folders) => {
        await folders.make(folder, { mode: 0o700, uid: 12, gid: 34 });
        const { mode, uid, gid } = await stat(folder);
        expect([mode & 0o7777, uid, gid]).toEqual([0o700, 12, 34]);
        await folders.remove(folder);
      });
      expect(await readdir(top)).toEqual([]);
    },
  );

  it("makes nothing where something is, and removes what is not there", async () => {
    await using(async (folders) => {
      await expect(folders.make(top, { mode: 0o755, uid: 0, gid: 0 })).rejects.toMatchObject({
        code: "EEXIST",
      });
      await folders.remove(join(top, "none"));
    });
  });

  it("removes links, and not where they lead", async () => {
    const kept = join(top, "kept");
    await writeFile(kept, "");
    await using(async (folders) => {
      await folders.make(join(top, "new"), { mode: 0o755, uid: 0, gid: 0 });
      await symlink(top, join(top, "new", "link"));
      await folders.remove(join(top, "new"));
    });
    expect(await readdir(top)).toEqual(["kept"]);
  });

  it("reads what a folder holds", async () => {
    await using(async (folders) => {
      await folders.make(join(top, "new"), { mode: 0o755, uid: 0, gid: 0 });
      await writeFile(join(top, "new", "b"), "b");
      await symlink("b", join(top, "new", "a"));
      const found: string[] = [];
      for await (const entries of folders.read(join(top, "new")))
        for (const { type, path } of entries) found.push(`${type} ${path}`);
      expect(found).toEqual(["symlink a", "file b"]);
    });
  });
});
