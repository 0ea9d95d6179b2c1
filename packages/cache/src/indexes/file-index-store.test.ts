import { chmod, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { smallDisk } from "../../test/support/small-disk.js";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import type { Cache } from "../cache.js";
import { openCache } from "../open-cache.js";
import { CONTEXT_VARIANTS_MAX } from "./file-index-store.js";

const name = { context: "/app", variant: "" };
const bytes = Buffer.from("index");

interface Opened {
  readonly cache: Cache;
  readonly warnings: string[];
  file(): Promise<string>;
}

async function open(dir: string): Promise<Opened> {
  const warnings: string[] = [];
  const cache = await openCache({ dir, onWarning: ({ code }) => warnings.push(code) });
  const file = async (): Promise<string> => {
    const [first = ""] = await readdir(join(cache.root, "indexes"));
    return join(cache.root, "indexes", first);
  };
  return { cache, warnings, file };
}

describe("FileIndexStore", () => {
  it("keeps an index in a sealed file of its own, whose columns may be read as they lie", async () => {
    const { cache, file } = await open(await temporaryFolder());
    await cache.indexes.write(name, bytes);
    expect(await readFile(await file(), "utf8")).toMatch(/^oci-build file-index 1 [0-9a-f]{64}\nindex$/);
    expect((await cache.indexes.read(name))?.byteOffset).toBe(88);
    if (process.platform !== "win32") expect((await stat(await file())).mode & 0o777).toBe(0o600);
  });

  it.each<[string, (whole: Buffer) => Buffer]>([
    [
      "a flipped bit",
      (whole) => Buffer.from(whole.map((byte, at) => (at === whole.length - 1 ? byte ^ 1 : byte))),
    ],
    ["a part", (whole) => whole.subarray(0, -1)],
    ["nothing", () => Buffer.alloc(0)],
    ["another version", (whole) => Buffer.from(whole.toString("latin1").replace(" 1 ", " 2 "), "latin1")],
  ])("drops one that is %s, with a warning", async (_, damage) => {
    const { cache, warnings, file } = await open(await temporaryFolder());
    await cache.indexes.write(name, bytes);
    await writeFile(await file(), damage(await readFile(await file())));
    expect(await cache.indexes.read(name)).toBeUndefined();
    expect(warnings).toEqual(["CACHE_ENTRY_CORRUPT"]);
    await cache.indexes.write(name, bytes);
    expect(await cache.indexes.read(name)).toEqual(bytes);
  });

  it("keeps the last few variants of a context, and those of others", async () => {
    const { cache } = await open(await temporaryFolder());
    await cache.indexes.write({ context: "/other", variant: "" }, bytes);
    for (let variant = 0; variant < CONTEXT_VARIANTS_MAX + 3; variant++) {
      await cache.indexes.write({ context: "/app", variant: String(variant) }, bytes);
    }
    expect(await readdir(join(cache.root, "indexes"))).toHaveLength(CONTEXT_VARIANTS_MAX + 1);
    expect(await cache.indexes.read({ context: "/other", variant: "" })).toEqual(bytes);
  });

  it("marks an index as used when it is read", async () => {
    const { cache, file } = await open(await temporaryFolder());
    await cache.indexes.write(name, bytes);
    await utimes(await file(), 1, 1);
    await cache.indexes.read(name);
    expect((await stat(await file())).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  });

  it("only warns when the disk is full, and reads on", async (test) => {
    const { folder } = await smallDisk(test, { sizeKiB: 512 });
    const { cache, warnings } = await open(folder);
    await cache.indexes.write(name, bytes);
    await cache.indexes.write(name, Buffer.alloc(1_000_000));
    expect(warnings).toEqual(["CACHE_DISK_FULL"]);
    expect(await cache.indexes.read(name)).toEqual(bytes);
    expect(await readdir(join(cache.root, "tmp"))).toEqual([]);
  });

  it("only warns when the store became read-only, and reads on", async (test) => {
    const disk = await smallDisk(test, { sizeKiB: 512 });
    const { cache, warnings } = await open(disk.folder);
    await cache.indexes.write(name, bytes);
    disk.makeReadOnly();
    await cache.indexes.write(name, Buffer.from("other"));
    expect(warnings).toEqual(["CACHE_NOT_WRITABLE"]);
    expect(await cache.indexes.read(name)).toEqual(bytes);
  });

  it("only warns when its folder cannot be read", async (test) => {
    test.skip(
      process.getuid?.() === 0 || process.platform === "win32",
      "modes do not bind root, nor Windows",
    );
    const { cache, warnings } = await open(await temporaryFolder());
    await cache.indexes.write(name, bytes);
    await chmod(join(cache.root, "indexes"), 0);
    expect(await cache.indexes.read(name)).toBeUndefined();
    await chmod(join(cache.root, "indexes"), 0o700);
    expect(warnings.length).toBeGreaterThan(0);
  });
});
