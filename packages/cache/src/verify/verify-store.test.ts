import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, digestOf, mediaTypes } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { DAY_MS, keyOf, TimedStore } from "../../test/support/timed-store.js";

/** Every kind of file that a store has, by its folder or name. */
const kinds = [
  ["record", "records"],
  ["segment-table", "segments"],
  ["tree", "trees"],
  ["blob", "blobs/sha256"],
  ["project", "projects"],
  ["index", "indexes"],
  ["tombstones", "tombstones"],
  ["outputs", "outputs"],
  ["names", "index.json"],
] as const;

describe("verify", () => {
  it("finds nothing wrong with a store that has every kind of file", async () => {
    const store = await fullStore();
    const { files, bytes, damages } = await store.cache.verify();
    expect(damages).toEqual([]);
    expect(files).toBe(kinds.length);
    expect(bytes).toBeGreaterThan(0);
  });

  it.each(kinds)(
    "finds a %s with one wrong byte at either end, and forgets it when asked to",
    async (kind, place) => {
      for (const end of ["first", "last"] as const) {
        const store = await fullStore();
        const path = await fileAt(join(store.cache.root, place));
        const bytes = await readFile(path);
        const at = end === "first" ? 0 : bytes.length - 1;
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        await writeFile(path, bytes);
        const { damages } = await store.cache.verify();
        expect(damages.map((damage) => damage.kind)).toEqual([kind]);
        expect(join(store.cache.root, damages[0]?.path ?? "")).toBe(path);
        expect(await store.cache.verify({ damaged: "forget" })).toMatchObject({ damages });
        expect((await store.cache.verify()).damages).toEqual([]);
      }
    },
  );

  it.each(kinds.slice(0, 6))("finds a %s with the name of another", async (kind, folder) => {
    if (kind === "index") return;
    const store = await fullStore();
    const path = await fileAt(join(store.cache.root, folder));
    const other = join(store.cache.root, folder, "0".repeat(64));
    await writeFile(other, await readFile(path));
    expect((await store.cache.verify()).damages).toMatchObject([
      { kind, path: `${folder}/${"0".repeat(64)}` },
    ]);
  });

  it("finds a folder in the place of a file", async () => {
    const store = await fullStore();
    await mkdir(join(store.cache.root, "records", "1".repeat(64)));
    expect((await store.cache.verify({ damaged: "forget" })).damages).toMatchObject([{ kind: "record" }]);
    expect((await store.cache.verify()).damages).toEqual([]);
  });

  it("finds an image whose blobs are not there, and takes its name away when asked to", async () => {
    const store = await fullStore();
    await store.cache.tagImage("app:1", {
      mediaType: mediaTypes.imageManifest,
      digest: digestOf("gone"),
      size: 1,
    });
    const { damages } = await store.cache.verify({ damaged: "forget" });
    expect(damages).toMatchObject([{ kind: "image", path: "app:1" }]);
    expect(await store.cache.images()).toEqual([]);
  });

  it("does not miss what was collected", async () => {
    const store = await fullStore();
    await rm(join(store.cache.root, "blobs", "sha256"), { recursive: true });
    expect((await store.cache.verify()).damages).toEqual([]);
  });
});

async function fullStore(): Promise<TimedStore> {
  const store = await TimedStore.open();
  await store.step("collected");
  store.wait(DAY_MS);
  await store.cache.prune({ scope: "all" });
  await store.step("kept");
  await store.build("app", ["kept"]);
  await store.cache.indexes.write({ context: "/src/app", variant: "" }, Buffer.from("index"));
  await store.cache.rememberOutput({ path: "/app.tar", content: digestOf("app"), stat: "1", blobs: [] });
  expect(await store.files("records")).toEqual([digestHex(keyOf("kept").digest)]);
  return store;
}

async function fileAt(place: string): Promise<string> {
  try {
    const [name = ""] = await readdir(place);
    return join(place, name);
  } catch {
    return place;
  }
}
