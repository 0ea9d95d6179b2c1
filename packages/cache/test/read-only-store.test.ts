import { readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf, type OciBuildError, parseContentDigest } from "@oci-build/oci";
import { describe, expect, it, onTestFinished, type TestContext, vi } from "vitest";
import { type Cache, openCache, type StepResult } from "../src/index.js";
import { currentProcess } from "../src/process/process-identity.js";
import { ownedName } from "../src/store/temporary-name.js";
import { madeUpLayer, writes } from "./support/made-up-layer.js";
import { smallDisk } from "./support/small-disk.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { keyOf } from "./support/timed-store.js";

describe("a store that can only be read", () => {
  it("opens with a warning, and gives what it has", async (test) => {
    const { cache, warnings, layer } = await readOnlyStore(test);
    expect(warnings.map(({ code }) => code)).toEqual(["CACHE_NOT_WRITABLE"]);
    expect(await cache.lookUp(keyOf("kept"))).toMatchObject({ stepName: "kept" });
    expect(await cache.layer(layer)).toMatchObject({ digest: layer.digest });
    expect(await textOf(cache, "kept")).toBe("kept");
    expect(await cache.tree(layer.diffId)).toMatchObject({ diffId: layer.diffId });
    expect((await cache.usage()).records).toHaveLength(1);
    expect((await cache.verify()).damages).toEqual([]);
  });

  it("takes what a build adds, for as long as a lease is held", async (test) => {
    const { cache, temporary, layer } = await readOnlyStore(test);
    const [lease, second] = [await cache.lease(), await cache.lease()];
    await cache.record(keyOf("new"), await resultOf(cache, "new"));
    expect(await cache.lookUp(keyOf("new"))).toMatchObject({ stepName: "new" });
    expect(await textOf(cache, "new")).toBe("new");
    expect(await cache.layer(madeUpLayer("new"))).toBeDefined();
    expect(await cache.layer(layer)).toBeDefined();
    expect(await readdir(temporary)).toHaveLength(1);
    await lease.release();
    await lease.release();
    expect(await readdir(temporary)).toHaveLength(1);
    await second.release();
    expect(await readdir(temporary)).toEqual([]);
    expect(await cache.lookUp(keyOf("new"))).toBeUndefined();
    await using _ = await cache.lease();
    await cache.record(keyOf("new"), await resultOf(cache, "new"));
    expect(await textOf(cache, "new")).toBe("new");
  });

  it("lets its records stand, unless they are to be replaced", async (test) => {
    const { cache } = await readOnlyStore(test);
    const other = await cache.record(keyOf("kept"), await resultOf(cache, "other"));
    expect(other.contentDigest).toBe(digestOf("content kept"));
    const replaced = await cache.record(keyOf("kept"), await resultOf(cache, "other"), "replace");
    expect(replaced.contentDigest).toBe(digestOf("content other"));
    expect(await cache.lookUp(keyOf("kept"))).toEqual(replaced);
  });

  it("keeps the time of a record when a form is added to it", async (test) => {
    const { cache } = await readOnlyStore(test);
    const standing = await cache.lookUp(keyOf("kept"));
    const result = await resultOf(cache, "kept", "zstd");
    const record = await cache.record(keyOf("kept"), { ...result, createdSec: 7 });
    expect(record).toMatchObject({ createdSec: standing?.createdSec, layers: [{ form: "zstd" }] });
  });

  it("has a blob no more that was forgotten, until it is written again", async (test) => {
    const { cache, layer } = await readOnlyStore(test);
    await cache.blobs.forget(layer.digest);
    expect(await cache.blobs.size(layer.digest)).toBeUndefined();
    expect(await cache.layer(layer)).toBeUndefined();
    await expect(textOf(cache, "kept")).rejects.toMatchObject({ code: "CACHE_BLOB_MISSING" });
    await cache.writeLayer(writes("kept"));
    expect(await textOf(cache, "kept")).toBe("kept");
    expect(await cache.layer(layer)).toBeDefined();
  });

  it("needs no temporary folder to be read", async (test) => {
    const { cache, temporary, layer } = await readOnlyStore(test);
    await cache.lookUp(keyOf("kept"));
    await cache.layer(layer);
    await cache.usage();
    expect(await readdir(temporary)).toEqual([]);
  });

  it("leaves no temporary folder on a disk that is full, and works once it is not", async (test) => {
    const { dir } = await readOnlyStore(test);
    const disk = await smallDisk(test, { sizeKiB: 64 });
    await writeFile(join(disk.folder, "full"), Buffer.alloc(64 * 1024));
    vi.stubEnv("TMPDIR", disk.folder);
    const cache = await openCache({ dir });
    await expect(cache.lease()).rejects.toMatchObject({ code: "CACHE_DISK_FULL" });
    expect(await readdir(disk.folder)).toEqual(["full"]);
    await rm(join(disk.folder, "full"));
    await (await cache.lease()).release();
    expect(await readdir(disk.folder)).toEqual([]);
  });

  it("is neither pruned nor tidied", async (test) => {
    const { cache } = await readOnlyStore(test);
    await expect(cache.prune({ scope: "all" })).rejects.toMatchObject({ code: "CACHE_NOT_WRITABLE" });
    expect(await cache.tidy()).toEqual([]);
    expect((await cache.prune({ scope: "all", mode: "dry-run" })).kept.young).toBe(1);
  });

  it("leaves no temporary folder of a process that has ended", async (test) => {
    const { temporary, dir } = await readOnlyStore(test);
    const dead = { ...currentProcess(), pid: 2 ** 22 + 1 };
    await writeFile(join(temporary, `oci-build-${ownedName(dead)}`), "");
    await writeFile(join(temporary, "oci-build-other"), "");
    const cache = await openCache({ dir });
    await (await cache.lease()).release();
    expect(await readdir(temporary)).toEqual(["oci-build-other"]);
  });
});

async function readOnlyStore(test: TestContext) {
  const disk = await smallDisk(test, { sizeKiB: 512 });
  const dir = join(disk.folder, "cache");
  const writable = await openCache({ dir });
  const layer = await writable.writeLayer(writes("kept"));
  await writable.record(keyOf("kept"), await resultOf(writable, "kept"));
  disk.makeReadOnly();
  const temporary = await temporaryFolder();
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(tmpdir()).toBe(temporary);
  const warnings: OciBuildError[] = [];
  const cache = await openCache({ dir, onWarning: (warning) => void warnings.push(warning) });
  return { cache, warnings, layer, temporary, dir };
}

async function resultOf(cache: Cache, text: string, form = "gzip"): Promise<StepResult> {
  const layer = await cache.writeLayer(writes(text));
  return {
    stepName: text,
    content: { digest: parseContentDigest(digestOf(`content ${text}`)), form, layer },
  };
}

async function textOf(cache: Cache, text: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of cache.blobs.read(digestOf(text))) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
