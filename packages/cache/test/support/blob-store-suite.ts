import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import type { BlobRange, BlobStore } from "../../src/index.js";

/** What every blob store does. `make` gives an empty one. */
export function describeBlobStore(name: string, make: () => Promise<BlobStore>): void {
  describe(`${name} as a blob store`, () => {
    it("gives back what was written, under its digest", async () => {
      const store = await make();
      const digest = await put(store, "hello ", "world");
      expect(digest).toBe(digestOf("hello world"));
      expect(await store.size(digest)).toBe(11);
      expect(await readText(store, digest)).toBe("hello world");
    });

    it("keeps a blob without bytes", async () => {
      const store = await make();
      const digest = await put(store);
      expect(await store.size(digest)).toBe(0);
      expect(await readText(store, digest)).toBe("");
    });

    it("keeps the order of chunks whose writes overlap", async () => {
      const store = await make();
      const writer = await store.writer();
      const parts = Array.from({ length: 200 }, (_, index) => `${index},`);
      await Promise.all(parts.map((part) => writer.write(Buffer.from(part))));
      const { digest, size } = await writer.commit();
      expect(await readText(store, digest)).toBe(parts.join(""));
      expect(size).toBe(parts.join("").length);
    });

    it("shows nothing of a blob before its commit, nor after a discard", async () => {
      const store = await make();
      const writer = await store.writer();
      await writer.write(Buffer.from("secret"));
      expect(await store.size(digestOf("secret"))).toBeUndefined();
      await writer.discard();
      expect(await store.size(digestOf("secret"))).toBeUndefined();
      await writer.discard();
    });

    it("keeps a blob that is discarded after its commit", async () => {
      const store = await make();
      const writer = await store.writer();
      await writer.write(Buffer.from("kept"));
      const { digest } = await writer.commit();
      await writer.discard();
      await writer[Symbol.asyncDispose]();
      expect(await readText(store, digest)).toBe("kept");
    });

    it("refuses a commit that expects another digest, and keeps nothing", async () => {
      const store = await make();
      const writer = await store.writer();
      await writer.write(Buffer.from("found"));
      await expect(writer.commit(digestOf("expected"))).rejects.toMatchObject({
        code: "CACHE_DIGEST_MISMATCH",
      });
      expect(await store.size(digestOf("found"))).toBeUndefined();
      expect(await store.size(digestOf("expected"))).toBeUndefined();
    });

    it("refuses writes and commits after the end", async () => {
      const store = await make();
      const writer = await store.writer();
      await writer.commit();
      await expect(writer.write(Buffer.from("x"))).rejects.toThrow();
      await expect(writer.commit()).rejects.toThrow();
    });

    it("lets writers of identical bytes all succeed", async () => {
      const store = await make();
      const digests = await Promise.all(Array.from({ length: 8 }, () => put(store, "same")));
      expect(new Set(digests)).toEqual(new Set([digestOf("same")]));
      expect(await readText(store, digestOf("same"))).toBe("same");
    });

    it("says that a missing blob is missing", async () => {
      const store = await make();
      expect(await store.size(digestOf("none"))).toBeUndefined();
      await expect(readText(store, digestOf("none"))).rejects.toMatchObject({ code: "CACHE_BLOB_MISSING" });
    });

    it("forgets a blob, and does not mind an absent one", async () => {
      const store = await make();
      const digest = await put(store, "gone");
      await store.forget(digest);
      await store.forget(digest);
      expect(await store.size(digest)).toBeUndefined();
    });

    it("reads to the end when the caller stops early and reads again", async () => {
      const store = await make();
      const digest = await put(store, "x".repeat(1_000_000));
      for await (const chunk of store.read(digest)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(await readText(store, digest)).toHaveLength(1_000_000);
    });

    const ranges: readonly [string, BlobRange, string][] = [
      ["from the start", { offset: 0, length: 3 }, "012"],
      ["in the middle", { offset: 3, length: 4 }, "3456"],
      ["to the end", { offset: 7 }, "789"],
      ["of nothing", { offset: 4, length: 0 }, ""],
      ["of everything", { offset: 0, length: 10 }, "0123456789"],
      ["of nothing at the end", { offset: 10 }, ""],
    ];
    it.each(ranges)("reads a range %s", async (_, range, expected) => {
      const store = await make();
      expect(await readText(store, await put(store, "0123456789"), range)).toBe(expected);
    });

    it.each([{ offset: 5, length: 6 }, { offset: 11 }, { offset: 11, length: 1 }])(
      "says that a blob is damaged when it has no bytes at %j",
      async (range) => {
        const store = await make();
        const digest = await put(store, "0123456789");
        await expect(readText(store, digest, range)).rejects.toMatchObject({ code: "CACHE_BLOB_CORRUPT" });
      },
    );
  });
}

async function put(store: BlobStore, ...chunks: readonly string[]): Promise<ReturnType<typeof digestOf>> {
  const writer = await store.writer();
  for (const chunk of chunks) await writer.write(Buffer.from(chunk));
  return (await writer.commit()).digest;
}

async function readText(
  store: BlobStore,
  digest: ReturnType<typeof digestOf>,
  range?: BlobRange,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(digest, range)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
