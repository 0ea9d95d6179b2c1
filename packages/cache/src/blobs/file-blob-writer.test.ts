import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { FLUSH_EVERY_BYTES } from "./early-flush.js";
import { FileBlobWriter } from "./file-blob-writer.js";

describe("FileBlobWriter", () => {
  it("writes the rest of a chunk of which the system took a part, as it does where a disk is nearly full", async () => {
    const path = join(await temporaryFolder(), "blob");
    const handle = takingAtMost(3, await open(path, "wx"));
    const writer = new FileBlobWriter({ path, handle, publish: () => Promise.resolve() });
    await writer.write(Buffer.from("one chunk, "));
    await writer.write(Buffer.from("another"));
    expect(await writer.commit()).toEqual({ digest: digestOf("one chunk, another"), size: 18 });
    expect(await readFile(path, "utf8")).toBe("one chunk, another");
  });

  it("gives the digest of what was written so far, each time that it is asked", async () => {
    const path = join(await temporaryFolder(), "blob");
    await using writer = new FileBlobWriter({
      path,
      handle: await open(path, "wx"),
      publish: () => Promise.resolve(),
    });
    expect(writer.digest()).toBe(digestOf(""));
    await writer.write(Buffer.from("a"));
    expect([writer.digest(), writer.digest()]).toEqual([digestOf("a"), digestOf("a")]);
    await writer.write(Buffer.from("b"));
    expect(writer.digest()).toBe(digestOf("ab"));
  });

  it("sends a large blob to the disk while it is written", async () => {
    const path = join(await temporaryFolder(), "blob");
    const { handle, flushes } = flushing(await open(path, "wx"));
    const writer = new FileBlobWriter({ path, handle, publish: () => Promise.resolve() });
    await writer.write(Buffer.alloc(FLUSH_EVERY_BYTES));
    expect(flushes.begun).toBe(1);
    await writer.write(Buffer.from("the end"));
    await writer.commit();
    expect(flushes).toEqual({ begun: 2, ended: 2 });
  });

  it("gives no name to a blob of which the disk lost a part before the last flush", async () => {
    const path = join(await temporaryFolder(), "blob");
    const { handle } = flushing(await open(path, "wx"), { failing: 1 });
    const published: string[] = [];
    const writer = new FileBlobWriter({
      path,
      handle,
      publish: async (digest) => void published.push(digest),
    });
    await writer.write(Buffer.alloc(FLUSH_EVERY_BYTES));
    await expect(writer.commit()).rejects.toMatchObject({ code: "CACHE_IO_FAILED" });
    expect(published).toEqual([]);
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is discarded when nothing is on its way to the disk any more", async () => {
    const path = join(await temporaryFolder(), "blob");
    const { handle, flushes } = flushing(await open(path, "wx"));
    const writer = new FileBlobWriter({ path, handle, publish: () => Promise.resolve() });
    await writer.write(Buffer.alloc(FLUSH_EVERY_BYTES));
    await writer.discard();
    expect(flushes).toEqual({ begun: 1, ended: 1 });
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

/** A real file that counts its flushes, the first of which may fail as on a broken disk. */
function flushing(handle: FileHandle, { failing = 0 } = {}) {
  const flushes = { begun: 0, ended: 0 };
  const datasync = async (): Promise<void> => {
    flushes.begun += 1;
    const isLost = flushes.begun <= failing;
    await handle.datasync();
    flushes.ended += 1;
    if (isLost)
      throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO", syscall: "fdatasync" });
  };
  return { flushes, handle: replacing(handle, { datasync }) };
}

/** A real file whose writes are short. */
function takingAtMost(most: number, handle: FileHandle): FileHandle {
  const write = (bytes: Uint8Array, offset: number, length: number, position: number) =>
    handle.write(bytes, offset, Math.min(length, most), position);
  return replacing(handle, { write });
}

function replacing(handle: FileHandle, methods: Readonly<Record<string, unknown>>): FileHandle {
  return new Proxy(handle, {
    get: (target, name) => {
      if (typeof name === "string" && Object.hasOwn(methods, name)) return methods[name];
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
