import { readdirSync, readlinkSync, realpathSync } from "node:fs";
import { readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Digest,
  digestHex,
  type LayerEntry,
  type LayerWritten,
  type OciBuildError,
  systemErrorCode,
  writeLayer,
} from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type Cache, openCache, type SegmentSourceOptions } from "../index.js";
import { SOURCE_MAX_BLOBS } from "./stored-segment-source.js";

const meta = { mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 };

function fileOf(path: string, data: Buffer): LayerEntry {
  const open = (): { read(target: Uint8Array): number; close(): void } => {
    let offset = 0;
    return {
      read: (target) => {
        const count = data.copy(target, 0, offset);
        offset += count;
        return count;
      },
      close: () => undefined,
    };
  };
  return { type: "file", path, ...meta, size: data.length, open };
}

/** Six large files, so more than twelve segments; `changed` says which has other bytes. */
function entries(changed = -1): LayerEntry[] {
  return Array.from({ length: 6 }, (_, index) =>
    fileOf(`f${index}`, Buffer.alloc(300_000, index === changed ? "changed" : `file ${index} `)),
  );
}

async function written(
  cache: Cache,
  list: readonly LayerEntry[],
  options?: SegmentSourceOptions,
): Promise<LayerWritten> {
  const reuse = cache.segmentSource(options);
  try {
    const results: LayerWritten[] = [];
    await cache.writeLayer(async (sink) => {
      const layer = await writeLayer(list, sink, { reuse });
      results.push(layer);
      return layer;
    });
    return results[0] ?? expect.unreachable();
  } finally {
    await reuse[Symbol.asyncDispose]();
  }
}

async function opened(): Promise<{ cache: Cache; warnings: OciBuildError[]; dir: string }> {
  const warnings: OciBuildError[] = [];
  const dir = await temporaryFolder();
  return { cache: await openCache({ dir, onWarning: (warning) => warnings.push(warning) }), warnings, dir };
}

const pathOf = (cache: Cache, folder: string, digest: Digest): string =>
  join(cache.root, folder, digestHex(digest));

describe("segmentSource", () => {
  it("finds nothing in an empty store", async () => {
    const { cache, warnings } = await opened();
    const { work, segments } = await written(cache, entries());
    expect(work).toMatchObject({ segmentsReused: 0, segmentsCompressed: segments.length });
    expect(warnings).toEqual([]);
  });

  it("gives all but what changed, to another opener too", async () => {
    const { cache, dir, warnings } = await opened();
    await written(cache, entries());
    const again = await openCache({ dir });
    const changed = await written(again, entries(3));
    expect(changed.work.segmentsCompressed).toBe(1);
    const anew = await written((await opened()).cache, entries(3));
    expect(changed.digest).toBe(anew.digest);
    expect(warnings).toEqual([]);
  });

  it("finds the parts of large files by how the files begin, in all of its blobs", async () => {
    const { cache } = await opened();
    const layers = [await written(cache, entries()), await written(cache, entries(3))];
    const source = cache.segmentSource();
    const parts = layers.flatMap(({ segments }) =>
      segments.filter(({ filePrefix }) => filePrefix !== undefined),
    );
    for (const { key, rawSize, filePrefix } of parts) {
      const name = `${filePrefix?.slice("sha256:".length)}${key.slice(key.indexOf("-"))}`;
      expect(await source.findPrefix?.(name)).toMatchObject({ key, rawSize });
    }
    expect(parts).toHaveLength(12);
    expect(await source.findPrefix?.("another")).toBeUndefined();
    await source[Symbol.asyncDispose]();
  });

  it("takes segments from several blobs", async () => {
    const { cache } = await opened();
    await written(cache, entries().slice(0, 3));
    await written(cache, entries().slice(3));
    const { work } = await written(cache, entries());
    expect(work.segmentsReused).toBeGreaterThanOrEqual(11);
  });

  it("looks into what is preferred first, and then into what was written last", async () => {
    const { cache, dir } = await opened();
    const layers: LayerWritten[] = [];
    for (const changed of [0, 1, 2]) layers.push(await written(cache, entries(changed)));
    const [oldest, middle, newest] = layers.map(({ digest }) => digest);
    if (oldest === undefined || middle === undefined || newest === undefined) expect.unreachable();
    for (const [index, digest] of [oldest, middle, newest].entries()) {
      await utimes(pathOf(cache, "segments", digest), 0, 1000 + index);
    }
    const shared = layers[0]?.segments.at(-2) ?? expect.unreachable();
    // Only the oldest has the bytes of the segment that all three have.
    for (const digest of [middle, newest]) {
      const path = pathOf(cache, "blobs/sha256", digest);
      await writeFile(path, Buffer.alloc((await readFile(path)).length));
    }
    const isZeros = async (options?: SegmentSourceOptions): Promise<boolean> => {
      const source = (await openCache({ dir })).segmentSource(options);
      const found = await source.find(shared.key);
      const bytes = (await found?.read()) ?? expect.unreachable();
      await source[Symbol.asyncDispose]();
      return bytes.every((byte) => byte === 0);
    };
    expect(await isZeros()).toBe(true);
    expect(await isZeros({ prefer: [oldest] })).toBe(false);
    await utimes(pathOf(cache, "segments", oldest), 0, 2000);
    expect(await isZeros()).toBe(false);
    expect(await isZeros({ prefer: [middle, oldest] })).toBe(true);
  });

  it.each(["blobs/sha256", "segments"])(
    "finds nothing when the file under %s is gone, without a word",
    async (folder) => {
      const { cache, warnings } = await opened();
      const { digest } = await written(cache, entries());
      await rm(pathOf(cache, folder, digest));
      expect((await written(cache, entries())).work.segmentsReused).toBe(0);
      expect(warnings).toEqual([]);
    },
  );

  it("trusts no table whose blob has another size", async () => {
    const { cache, warnings } = await opened();
    const { digest, size } = await written(cache, entries());
    await truncate(pathOf(cache, "blobs/sha256", digest), size - 1);
    expect((await written(cache, entries())).work.segmentsReused).toBe(0);
    expect(warnings).toMatchObject([{ code: "CACHE_ENTRY_CORRUPT" }]);
  });

  it("never passes a flipped bit on, in any region of blob or table", async () => {
    const { cache, warnings } = await opened();
    const sound = await written(cache, entries());
    const first = sound.segments[0] ?? expect.unreachable();
    const places = [
      ...[
        0,
        9,
        first.offset,
        first.offset + first.size - 1,
        first.offset + first.size,
        sound.size - 9,
        sound.size - 1,
      ].map((offset) => ["blobs/sha256", offset] as const),
      ...[0, 12, 30, 95, 97, 130, 145, 200, 230, 260].map((offset) => ["segments", offset] as const),
    ];
    for (const [folder, offset] of places) {
      await flip(pathOf(cache, folder, sound.digest), offset);
      const after = await written(cache, entries());
      // Writing heals: it puts the same blob and table in place again.
      expect(after.digest, `${folder} ${offset}`).toBe(sound.digest);
      expect(after.segments, `${folder} ${offset}`).toEqual(sound.segments);
      await expectSoundBlob(cache, sound.digest);
    }
    expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(["CACHE_ENTRY_CORRUPT"]));
  });

  it("tells of a damaged blob once, and goes on with its other segments", async () => {
    const { cache, warnings } = await opened();
    const { digest, segments } = await written(cache, entries());
    for (const { offset } of segments.slice(0, 3)) await flip(pathOf(cache, "blobs/sha256", digest), offset);
    const { work } = await written(cache, entries());
    expect(work).toMatchObject({ segmentsCompressed: 3, segmentsReused: segments.length - 3 });
    expect(warnings).toMatchObject([
      { code: "CACHE_ENTRY_CORRUPT", cause: { code: "LAYER_SEGMENT_UNUSABLE" } },
    ]);
  });

  it("tells once of a damaged table whose layer nobody writes again", async () => {
    const { cache, warnings } = await opened();
    const { digest } = await written(cache, entries());
    await flip(pathOf(cache, "segments", digest), 130);
    await written(cache, entries(0));
    expect(warnings).toMatchObject([{ code: "CACHE_ENTRY_CORRUPT" }]);
    await written(cache, entries(1));
    expect(warnings).toHaveLength(1);
  });

  it("reads a collected blob on while it is held", async () => {
    const { cache } = await opened();
    const { digest, segments } = await written(cache, entries());
    const source = cache.segmentSource();
    const first = segments[0] ?? expect.unreachable();
    const found = await source.find(first.key);
    await cache.blobs.forget(digest);
    expect((await found?.read())?.length).toBe(first.size);
    await source[Symbol.asyncDispose]();
  });

  it.skipIf(process.platform !== "linux")(
    "holds nothing open after disposal, also when the layer failed (Linux only)",
    async () => {
      const { cache } = await opened();
      await written(cache, entries());
      const source = cache.segmentSource();
      const failing: LayerEntry[] = [
        ...entries(),
        { type: "file", path: "z", ...meta, size: 1, open: () => Promise.reject(new Error("gone")) },
      ];
      await expect(writeLayer(failing, () => undefined, { reuse: source })).rejects.toThrow("gone");
      expect(openBelow(cache.root)).toHaveLength(1);
      await source[Symbol.asyncDispose]();
      expect(openBelow(cache.root)).toEqual([]);
      expect(await source.find("any")).toBeUndefined();
    },
  );

  it("opens no more blobs than its bound, for all who ask at once", async () => {
    const { cache } = await opened();
    const one = (index: number): LayerEntry[] => [fileOf("f", Buffer.from(`file ${index}`))];
    for (let index = 0; index < SOURCE_MAX_BLOBS + 3; index++) {
      const { digest } = await written(cache, one(index));
      await utimes(pathOf(cache, "segments", digest), 0, 1000 + index);
    }
    const [oldest, newest] = await Promise.all([
      written(cache, one(0)),
      written(cache, one(SOURCE_MAX_BLOBS + 2)),
    ]);
    expect([oldest.work.segmentsReused, newest.work.segmentsReused]).toEqual([0, 1]);
  });
});

/** What this process has open below a folder. */
function openBelow(folder: string): readonly string[] {
  const links = readdirSync("/proc/self/fd").map((fd) => linkOf(`/proc/self/fd/${fd}`));
  return links.filter((link) => link.startsWith(`${realpathSync(folder)}/`));
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    // The folder's own descriptor is closed by then.
    if (systemErrorCode(error) !== "ENOENT") throw error;
    return "";
  }
}

async function flip(path: string, offset: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x10;
  await writeFile(path, bytes);
}

async function expectSoundBlob(cache: Cache, digest: Digest): Promise<void> {
  let bytes = 0;
  for await (const chunk of cache.blobs.read(digest)) bytes += chunk.length;
  expect(bytes).toBeGreaterThan(0);
}
