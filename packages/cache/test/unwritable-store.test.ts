import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCache } from "../src/index.js";
import { smallDisk } from "./support/small-disk.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const isRoot = process.getuid?.() === 0;
const notWritable = { code: "CACHE_NOT_WRITABLE", exitCode: 3, hint: expect.stringContaining("--cache-dir") };

describe("openCache of a folder that cannot be written", () => {
  it("says so when a file is in its place", async () => {
    const dir = join(await temporaryFolder(), "cache");
    await writeFile(dir, "a file");
    await expect(openCache({ dir })).rejects.toMatchObject(notWritable);
    await expect(openCache({ dir: join(dir, "below") })).rejects.toMatchObject(notWritable);
  });

  it.runIf(process.platform === "linux")("says so where no folder can be made at all", async () => {
    await expect(openCache({ dir: "/proc/none/cache" })).rejects.toMatchObject(notWritable);
  });

  it.each(["v1", "v1/blobs", "v1/tmp", "v1/records"])(
    "says so when a file is in the place of %s",
    async (part) => {
      const dir = await temporaryFolder();
      await openCache({ dir });
      await rm(join(dir, part), { recursive: true });
      await writeFile(join(dir, part), "a file");
      await expect(openCache({ dir })).rejects.toMatchObject(notWritable);
    },
  );

  it("says so on a read-only file system without a store", async (test) => {
    const disk = await smallDisk(test, { sizeKiB: 512 });
    disk.makeReadOnly();
    await expect(openCache({ dir: join(disk.folder, "new") })).rejects.toMatchObject(notWritable);
  });

  it("says so when the folder's mode forbids it", async (test) => {
    test.skip(isRoot || process.platform === "win32", "modes do not bind root, nor Windows");
    const dir = join(await temporaryFolder(), "cache");
    await mkdir(dir);
    await chmod(dir, 0o500);
    await expect(openCache({ dir })).rejects.toMatchObject(notWritable);
  });
});
