import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { describeBlobStore } from "../../test/support/blob-store-suite.js";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type Cache, openCache } from "../index.js";

describeBlobStore("FileBlobStore", async () => (await openCache({ dir: await temporaryFolder() })).blobs);

describe("FileBlobStore", () => {
  it("keeps blobs where an OCI layout has them, private, and leaves no temporary file", async () => {
    const cache = await openCache({ dir: await temporaryFolder() });
    await put(cache, "bytes");
    const path = blobPath(cache, "bytes");
    expect(await readFile(path, "utf8")).toBe("bytes");
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(cache.root, "tmp"))).toEqual([]);
  });

  it.each([
    ["one changed byte", "b1tes"],
    ["a cut end", "byt"],
    ["added bytes", "bytes and more"],
    ["nothing", ""],
  ])("tells at the end of a whole read that the file has %s", async (_, damaged) => {
    const cache = await openCache({ dir: await temporaryFolder() });
    await put(cache, "bytes");
    await writeFile(blobPath(cache, "bytes"), damaged);
    const read = (): Promise<unknown> => drain(cache.blobs.read(digestOf("bytes")));
    await expect(read()).rejects.toMatchObject({ code: "CACHE_BLOB_CORRUPT", exitCode: 3 });
  });

  it.each(["rewritten in place", "replaced"])(
    "tells that a large blob which it wrote itself is damaged when its file was %s",
    async (how) => {
      const cache = await openCache({ dir: await temporaryFolder() });
      const text = "x".repeat(17 * 1024 * 1024);
      await put(cache, text);
      const path = blobPath(cache, text);
      if (how === "replaced") await rm(path);
      await writeFile(path, `y${text.slice(1)}`);
      const read = (): Promise<unknown> => drain(cache.blobs.read(digestOf(text)));
      await expect(read()).rejects.toMatchObject({ code: "CACHE_BLOB_CORRUPT" });
    },
  );

  it("does not hash a large blob again that it wrote itself, unlike one of another process", async () => {
    const dir = await temporaryFolder();
    const cache = await openCache({ dir });
    const text = "x".repeat(17 * 1024 * 1024);
    await put(cache, text);
    const path = blobPath(cache, text);
    // Damage that no stat tells of is what shows whether the bytes were hashed.
    const { mtimeMs } = await stat(path);
    await writeFile(path, `y${text.slice(1)}`);
    await utimes(path, mtimeMs / 1000, mtimeMs / 1000);
    await drain(cache.blobs.read(digestOf(text)));
    const other = await openCache({ dir });
    await expect(drain(other.blobs.read(digestOf(text)))).rejects.toMatchObject({
      code: "CACHE_BLOB_CORRUPT",
    });
  });

  it("heals a damaged blob when its bytes are written again", async () => {
    const cache = await openCache({ dir: await temporaryFolder() });
    await put(cache, "bytes");
    await writeFile(blobPath(cache, "bytes"), "b1tes");
    await put(cache, "bytes");
    await drain(cache.blobs.read(digestOf("bytes")));
  });

  it("gives a reader the bytes it opened while another writer replaces the blob", async () => {
    const cache = await openCache({ dir: await temporaryFolder() });
    const text = "x".repeat(2_000_000);
    await put(cache, text);
    let length = 0;
    for await (const chunk of cache.blobs.read(digestOf(text))) {
      if (length === 0) await put(cache, text);
      length += chunk.length;
    }
    expect(length).toBe(text.length);
  });
});

function blobPath(cache: Cache, text: string): string {
  return join(cache.root, "blobs", "sha256", digestHex(digestOf(text)));
}

async function put(cache: Cache, text: string): Promise<void> {
  const writer = await cache.blobs.writer();
  await writer.write(Buffer.from(text));
  await writer.commit();
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0);
}
