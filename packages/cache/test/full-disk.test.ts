import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, isOciBuildError, mediaTypes, parseContentDigest } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { type Cache, keyField, openCache, stepKey } from "../src/index.js";
import { madeUpLayer, writes } from "./support/made-up-layer.js";
import { smallDisk } from "./support/small-disk.js";
import { DAY_MS, TimedStore } from "./support/timed-store.js";

const key = stepKey([keyField("a", "absent", null)]);
const image = { mediaType: mediaTypes.imageManifest, digest: digestOf("x"), size: 1 };

type Effect = "fails" | "writes nothing";

/** Everything that writes, each on a store where the same has been done before. */
const writers: readonly (readonly [string, (cache: Cache, dir: string) => Promise<unknown>, Effect])[] = [
  ["a blob", (cache) => cache.writeLayer(writes("y".repeat(300_000))), "fails"],
  ["a tree", (cache) => cache.writeTree({ ...madeUpLayer("z").tree, entries: manyEntries() }), "fails"],
  ["a record", (cache) => cache.record(key, { stepName: "s".repeat(100_000) }, "replace"), "fails"],
  ["a lease", async (cache) => (await cache.lease()).release(), "fails"],
  ["a name", (cache) => cache.tagImage("n".repeat(100_000), image), "fails"],
  ["a lock", (cache) => cache.withLock("other", () => Promise.resolve()), "fails"],
  ["an opening of the store", (_, dir) => openCache({ dir }), "writes nothing"],
  ["a new store", (_, dir) => openCache({ dir: join(dir, "new") }), "fails"],
];

describe("a disk that is full", () => {
  it.for(writers)(
    "fails %s with CACHE_DISK_FULL, or does not touch it, and harms nothing",
    async ([, write, effect], test) => {
      const { folder } = await smallDisk(test, { sizeKiB: 512 });
      const cache = await openCache({ dir: folder });
      const layer = await cache.writeLayer(writes("kept"));
      const content = { digest: parseContentDigest(digestOf("c")), form: "gzip", layer };
      const record = await cache.record(stepKey([keyField("kept", "absent", null)]), {
        stepName: "kept",
        content,
      });

      const ballast = await fill(folder);
      const problem = await write(cache, folder).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(isOciBuildError(problem, "CACHE_DISK_FULL"), String(problem)).toBe(effect === "fails");
      expect(await cache.lookUp(stepKey([keyField("kept", "absent", null)]))).toEqual(record);
      expect(await cache.layer(layer)).toMatchObject({ digest: layer.digest });

      await rm(ballast);
      await write(await openCache({ dir: folder }), folder);
      expect(await readdir(join(cache.root, "tmp"))).toEqual([]);
    },
  );
});

describe("prune on a disk that is full", () => {
  it("makes room for its lock, and then does its work", async (test) => {
    const { folder } = await smallDisk(test, { sizeKiB: 1024 });
    const store = await TimedStore.open(folder);
    for (let index = 0; index < 5; index++) await store.step(String(index));
    store.wait(DAY_MS);
    await fill(folder);
    await expect(store.cache.lease()).rejects.toMatchObject({ code: "CACHE_DISK_FULL" });
    await store.cache.prune({ scope: "all", unusedForMs: 1 });
    expect(await store.files("records")).toEqual([]);
    expect(await store.files("blobs/sha256")).toEqual([]);
    await (await store.cache.lease()).release();
  });
});

function manyEntries(): ReturnType<typeof madeUpLayer>["tree"]["entries"] {
  return Array.from({ length: 1_000 }, (_, index) => ({ type: "whiteout", path: `file-${index}` }));
}

/** Takes all the space there is, to the last byte. */
async function fill(folder: string): Promise<string> {
  const ballast = join(folder, "ballast");
  for (const size of [65_536, 4_096, 512, 1]) {
    try {
      for (;;) await writeFile(ballast, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOSPC" });
    }
  }
  return ballast;
}
