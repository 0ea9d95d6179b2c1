import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, digestOf, type OciBuildError, parseContentDigest } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { type Cache, keyField, openCache, type StepRecord, stepKey } from "../src/index.js";
import { madeUpLayer, writes } from "./support/made-up-layer.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const key = stepKey([
  keyField("content", "digest", digestOf("x")),
  keyField("env", "pair-list", [["A", "1"]]),
]);
const written = madeUpLayer("layer bytes");

describe("one flipped bit at any byte", () => {
  it("of a record makes its look-up miss with a warning", async () => {
    const { cache, warnings } = await builtStore();
    await flipEachByte(join(cache.root, "records", digestHex(key.digest)), async (place) => {
      expect(await cache.lookUp(key), place).toBeUndefined();
    });
    expectOneKind(warnings);
  });

  it.each([
    ["a tree", "trees", digestHex(written.diffId)],
    ["a segment table", "segments", digestHex(written.digest)],
  ])("of %s makes its layer miss with a warning", async (_, folder, name) => {
    const { cache, record, warnings } = await builtStore();
    await flipEachByte(join(cache.root, folder, name), async (place) => {
      expect(await layerOf(cache, record), place).toBeUndefined();
    });
    expectOneKind(warnings);
    expect(await layerOf(cache, record)).toMatchObject({ tree: written.tree, segments: written.segments });
  });

  it("of a blob fails its reading, and once forgotten its layer misses", async () => {
    const { cache, record, warnings } = await builtStore();
    await flipEachByte(join(cache.root, "blobs", "sha256", digestHex(written.digest)), async (place) => {
      const read = readAll(cache.blobs.read(written.digest));
      await expect(read, place).rejects.toMatchObject({ code: "CACHE_BLOB_CORRUPT" });
    });
    expect(await layerOf(cache, record)).toBeDefined();
    await cache.blobs.forget(written.digest);
    expect(await layerOf(cache, record)).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it.each(["oci-layout", "CACHEDIR.TAG", "index.json"])(
    "of %s leaves records and layers as they are",
    async (file) => {
      const { cache, dir, record } = await builtStore();
      await flipEachByte(join(cache.root, file), async (place) => {
        const reopened = await openCache({ dir });
        expect(await reopened.lookUp(key), place).toEqual(record);
        await reopened.images();
      });
    },
  );
});

describe("a file cut off after any byte", () => {
  it.each([
    ["record", "records", digestHex(key.digest)],
    ["tree", "trees", digestHex(written.diffId)],
    ["segment table", "segments", digestHex(written.digest)],
    ["blob", "blobs/sha256", digestHex(written.digest)],
  ])("makes a %s miss with a warning", async (_, folder, name) => {
    const { cache, record, warnings } = await builtStore();
    const path = join(cache.root, folder, name);
    const bytes = await readFile(path);
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(path, bytes.subarray(0, length));
      const found = folder === "records" ? await cache.lookUp(key) : await layerOf(cache, record);
      expect(found, `cut after ${length}`).toBeUndefined();
    }
    expect(warnings).toHaveLength(bytes.length);
    expectOneKind(warnings);
  });
});

interface BuiltStore {
  readonly cache: Cache;
  readonly dir: string;
  readonly record: StepRecord;
  readonly warnings: readonly OciBuildError[];
}

async function builtStore(): Promise<BuiltStore> {
  const dir = await temporaryFolder();
  const warnings: OciBuildError[] = [];
  const onWarning = (warning: OciBuildError): void => {
    warnings.push(warning);
  };
  const cache = await openCache({ dir, onWarning });
  const layer = await cache.writeLayer(writes("layer bytes"));
  const content = { digest: parseContentDigest(digestOf("content")), form: "gzip", layer };
  return { cache, dir, record: await cache.record(key, { stepName: "COPY", content }), warnings };
}

async function flipEachByte(path: string, check: (place: string) => Promise<void>): Promise<void> {
  const bytes = await readFile(path);
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    await writeFile(path, flipped);
    await check(`byte ${at}`);
  }
  await writeFile(path, bytes);
}

function layerOf(cache: Cache, record: StepRecord): ReturnType<Cache["layer"]> {
  const [layer] = record.layers;
  return layer === undefined ? Promise.resolve(undefined) : cache.layer(layer);
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of chunks) length += chunk.length;
  return length;
}

function expectOneKind(warnings: readonly OciBuildError[]): void {
  expect(new Set(warnings.map((warning) => warning.code))).toEqual(new Set(["CACHE_ENTRY_CORRUPT"]));
}
