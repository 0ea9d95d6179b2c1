import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
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
});

/** A real file whose writes are short. */
function takingAtMost(most: number, handle: FileHandle): FileHandle {
  const write = (bytes: Uint8Array, offset: number, length: number, position: number) =>
    handle.write(bytes, offset, Math.min(length, most), position);
  return new Proxy(handle, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name === "write") return write;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
