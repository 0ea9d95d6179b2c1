import { copyFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, digestOf, type OciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { madeUpLayer, writes } from "../../test/support/made-up-layer.js";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type Cache, type LayerBlob, openCache } from "../index.js";
import { SEGMENT_TABLE_MAX_BYTES } from "../segments/read-segment-table.js";
import { TREE_MAX_BYTES } from "./layer-store.js";

const written = madeUpLayer("layer");
const blob: LayerBlob = {
  mediaType: written.mediaType,
  digest: written.digest,
  size: written.size,
  diffId: written.diffId,
  uncompressedSize: written.uncompressedSize,
};

describe("writeLayer", () => {
  it("stores blob, table and tree, so that another opener gets the layer in full", async () => {
    const { cache, dir } = await opened();
    expect(await cache.writeLayer(writes("layer"))).toMatchObject(blob);
    const found = await (await openCache({ dir })).layer(blob);
    expect(found).toMatchObject({ ...blob, segments: written.segments, tree: written.tree });
  });

  it("gives the rows of the tree as they are read back, without reading them", async () => {
    const { cache } = await opened();
    const { tree } = await cache.writeLayer(writes("layer"));
    const read = await cache.layer(blob);
    await rm(fileOf(cache, "trees"));
    expect([...(tree.rows ?? [])]).toEqual([...(read?.tree.rows ?? ["none"])]);
    expect(tree.rows?.count).toBe(written.tree.entries.length);
  });

  it("leaves nothing when the layer cannot be made", async () => {
    const { cache } = await opened();
    const failing = cache.writeLayer(async (sink) => {
      await sink(Buffer.from("half"));
      throw new Error("unreadable file");
    });
    await expect(failing).rejects.toThrow("unreadable file");
    for (const folder of ["tmp", "blobs/sha256", "trees", "segments"]) {
      expect(await readdir(join(cache.root, folder)), folder).toEqual([]);
    }
  });

  it("refuses bytes that are not those the writer tells of", async () => {
    const { cache } = await opened();
    const lying = cache.writeLayer(async (sink) => {
      await sink(Buffer.from("other bytes"));
      return written;
    });
    await expect(lying).rejects.toMatchObject({ code: "CACHE_DIGEST_MISMATCH" });
    expect(await cache.layer(blob)).toBeUndefined();
  });

  it("refuses a size that the writer tells wrongly", async () => {
    const { cache } = await opened();
    const lying = cache.writeLayer(async (sink) => {
      await sink(Buffer.from("layer"));
      return { ...written, size: 4 };
    });
    await expect(lying).rejects.toMatchObject({ code: "CACHE_DIGEST_MISMATCH" });
  });
});

describe("layer", () => {
  it("misses without a warning what was never stored", async () => {
    const { cache, warnings } = await opened();
    expect(await cache.layer(blob)).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it.each(["blobs/sha256", "trees", "segments"])("misses when its file under %s is gone", async (folder) => {
    const { cache, warnings } = await opened();
    await cache.writeLayer(writes("layer"));
    await rm(fileOf(cache, folder));
    expect(await cache.layer(blob)).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it.each(["blobs/sha256", "trees", "segments"])(
    "misses with a warning when %s has a short file",
    async (folder) => {
      const { cache, warnings } = await opened();
      await cache.writeLayer(writes("layer"));
      await writeFile(fileOf(cache, folder), "lay");
      expect(await cache.layer(blob)).toBeUndefined();
      expect(warnings.map((warning) => warning.code)).toEqual(["CACHE_ENTRY_CORRUPT"]);
    },
  );

  it.each([
    ["trees", TREE_MAX_BYTES],
    ["segments", SEGMENT_TABLE_MAX_BYTES],
  ])("reads no file under %s that is over its limit", async (folder, limitBytes) => {
    const { cache, warnings } = await opened();
    await cache.writeLayer(writes("layer"));
    await truncate(fileOf(cache, folder), limitBytes + 1);
    expect(await cache.layer(blob)).toBeUndefined();
    expect(warnings.map((warning) => warning.message)).toEqual([
      expect.stringContaining(`more than ${limitBytes}`),
    ]);
  });

  it.each([
    ["layer", async (cache: Cache) => (await cache.layer(blob))?.tree],
    ["tree", (cache: Cache) => cache.tree(blob.diffId)],
  ])("decodes the tree that %s gives once, and not before somebody looks", async (_, read) => {
    const { cache } = await opened();
    await cache.writeLayer(writes("layer"));
    const tree = await read(cache);
    for (const part of ["entries", "rows"] as const) {
      expect(Object.getOwnPropertyDescriptor(tree, part)).toMatchObject({ get: expect.any(Function) });
      expect(tree?.[part]).toBe(tree?.[part]);
    }
  });

  it("misses with a warning when tree or table belong to another layer", async () => {
    for (const folder of ["trees", "segments"]) {
      const { cache, warnings } = await opened();
      await cache.writeLayer(writes("layer"));
      await cache.writeLayer(writes("other"));
      const other = madeUpLayer("other");
      const digest = folder === "trees" ? other.diffId : other.digest;
      await copyFile(join(cache.root, folder, digestHex(digest)), fileOf(cache, folder));
      expect(await cache.layer(blob), folder).toBeUndefined();
      expect(warnings, folder).toHaveLength(1);
    }
  });

  it("comes back when it is written again", async () => {
    const { cache } = await opened();
    await cache.writeLayer(writes("layer"));
    for (const folder of ["blobs/sha256", "trees", "segments"])
      await writeFile(fileOf(cache, folder), "damaged");
    await cache.writeLayer(writes("layer"));
    expect(await cache.layer(blob)).toMatchObject(blob);
  });
});

describe("tree", () => {
  it("gives a tree that was stored without its layer", async () => {
    const { cache, warnings } = await opened();
    expect(await cache.tree(written.diffId)).toBeUndefined();
    await cache.writeTree(written.tree);
    expect(await cache.tree(written.diffId)).toMatchObject(written.tree);
    expect(await cache.blobs.size(digestOf("layer"))).toBeUndefined();
    expect(warnings).toEqual([]);
  });
});

async function opened(): Promise<{ cache: Cache; dir: string; warnings: readonly OciBuildError[] }> {
  const dir = await temporaryFolder();
  const warnings: OciBuildError[] = [];
  const cache = await openCache({
    dir,
    onWarning: (warning) => {
      warnings.push(warning);
    },
  });
  return { cache, dir, warnings };
}

function fileOf(cache: Cache, folder: string): string {
  return join(cache.root, folder, digestHex(folder === "trees" ? blob.diffId : blob.digest));
}
