import { rmSync } from "node:fs";
import { readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, digestOf, type OciBuildError, parseContentDigest } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { writes } from "../../test/support/made-up-layer.js";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type Cache, keyField, openCache, type StepKey, type StepResult, stepKey } from "../index.js";
import { RECORD_MAX_BYTES } from "./record-store.js";

const NOW_SEC = 1_800_000_000;

describe("lookUp and record", () => {
  it("miss without a warning what was never recorded", async () => {
    const { cache, warnings } = await opened();
    expect(await cache.lookUp(keyOf("a"))).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("give back what was recorded, also to another opener of the store", async () => {
    const { cache, dir } = await opened();
    const recorded = await cache.record(keyOf("a"), await resultOf(cache, "content"));
    expect(recorded).toMatchObject({ version: 1, stepName: "COPY . .", createdSec: NOW_SEC });
    expect(recorded.layers[0]).not.toHaveProperty("tree");
    expect(await cache.lookUp(keyOf("a"))).toEqual(recorded);
    expect(await (await openCache({ dir })).lookUp(keyOf("a"))).toEqual(recorded);
    expect(await cache.lookUp(keyOf("b"))).toBeUndefined();
  });

  it("keep the time of a step that makes no layer", async () => {
    const { cache } = await opened();
    const recorded = await cache.record(keyOf("env"), { stepName: "ENV A=1", createdSec: 5 });
    expect(recorded).toMatchObject({ createdSec: 5, contentDigest: undefined, layers: [] });
    expect(await cache.lookUp(keyOf("env"))).toEqual(recorded);
    expect(await cache.record(keyOf("env"), { stepName: "ENV A=1", createdSec: 9 })).toEqual(recorded);
  });

  it("keep names that are not UTF-8", async () => {
    const { cache } = await opened();
    const key = stepKey([keyField("path", "string", "a\udcff")]);
    await cache.record(key, { stepName: "x" });
    expect((await cache.lookUp(key))?.fields).toEqual(key.fields);
  });

  it("never write a secret's value", async () => {
    const { cache } = await opened();
    const key = stepKey([keyField("env", "pair-list", [["NPM_TOKEN", "hunter2"]])]);
    await cache.record(key, { stepName: "RUN npm ci" });
    expect(await readFile(recordPath(cache, key), "latin1")).not.toContain("hunter2");
  });

  it.skipIf(process.platform === "win32")("write records that only their owner reads", async () => {
    const { cache } = await opened();
    await cache.record(keyOf("a"), { stepName: "x" });
    expect((await stat(recordPath(cache, keyOf("a")))).mode & 0o777).toBe(0o600);
  });

  it("miss a record that is collected between its reading and its marking", async () => {
    const { cache, dir } = await opened();
    await cache.record(keyOf("a"), { stepName: "x" });
    // Asked for the mark.
    const now = (): number => {
      rmSync(recordPath(cache, keyOf("a")), { force: true });
      return Date.now();
    };
    const reading = await openCache({ dir, now });
    expect(await cache.lookUp(keyOf("a"))).toBeDefined();
    expect(await reading.lookUp(keyOf("a"))).toBeUndefined();
  });

  it("mark a record as used when it is found", async () => {
    const { cache } = await opened();
    await cache.record(keyOf("a"), { stepName: "x" });
    await utimes(recordPath(cache, keyOf("a")), 1, 1);
    await cache.lookUp(keyOf("a"));
    expect((await stat(recordPath(cache, keyOf("a")))).mtimeMs).toBe(NOW_SEC * 1000);
  });
});

describe("record", () => {
  it("lets the first stand, and the second adopt its content", async () => {
    const { cache } = await opened();
    const first = await cache.record(keyOf("a"), await resultOf(cache, "one"));
    const second = await cache.record(keyOf("a"), await resultOf(cache, "two"));
    expect(second).toEqual(first);
    expect(await cache.lookUp(keyOf("a"))).toEqual(first);
  });

  it("writes nothing when the first stands", async () => {
    const { cache } = await opened();
    const result = await resultOf(cache, "one");
    await cache.record(keyOf("a"), result);
    const { ino } = await stat(recordPath(cache, keyOf("a")));
    await cache.record(keyOf("a"), result);
    expect((await stat(recordPath(cache, keyOf("a")))).ino).toBe(ino);
  });

  it("refuses a record over the limit", async () => {
    const { cache } = await opened();
    const result = { stepName: "s".repeat(RECORD_MAX_BYTES) };
    await expect(cache.record(keyOf("a"), result)).rejects.toMatchObject({ code: "CACHE_ENTRY_TOO_LARGE" });
    expect(await cache.lookUp(keyOf("a"))).toBeUndefined();
  });

  it("lets one of many at once stand", async () => {
    const { cache } = await opened();
    const results = await Promise.all(["a", "b", "c", "d", "e", "f"].map((text) => resultOf(cache, text)));
    const records = await Promise.all(results.map((result) => cache.record(keyOf("k"), result)));
    expect(new Set(records.map((record) => record.contentDigest)).size).toBe(1);
    expect(await cache.lookUp(keyOf("k"))).toEqual(records[0]);
  });

  it("replaces when asked to", async () => {
    const { cache } = await opened();
    await cache.record(keyOf("a"), await resultOf(cache, "one"));
    const second = await cache.record(keyOf("a"), await resultOf(cache, "two"), "replace");
    expect(second.contentDigest).toBe(contentOf("two"));
    expect(await cache.lookUp(keyOf("a"))).toEqual(second);
  });

  it("adds another form of the same content, and keeps the time", async () => {
    const { cache } = await opened();
    await cache.record(keyOf("a"), { ...(await resultOf(cache, "one")), createdSec: 1 });
    const result = await resultOf(cache, "one", { form: "zstd", bytes: "one as zstd" });
    const both = await cache.record(keyOf("a"), { ...result, createdSec: 2 });
    expect(both.layers.map((layer) => layer.form)).toEqual(["gzip", "zstd"]);
    expect(both.createdSec).toBe(1);
    expect(await cache.lookUp(keyOf("a"))).toEqual(both);
  });

  it("never adds a form of another content", async () => {
    const { cache } = await opened();
    await cache.record(keyOf("a"), await resultOf(cache, "one"));
    const record = await cache.record(keyOf("a"), await resultOf(cache, "two", { form: "zstd", bytes: "z" }));
    expect(record.layers.map((layer) => layer.form)).toEqual(["gzip"]);
  });

  it("takes the new content when nothing of the old one is left", async () => {
    const { cache } = await opened();
    const first = await cache.record(keyOf("a"), await resultOf(cache, "one"));
    for (const layer of first.layers) await cache.blobs.forget(layer.digest);
    const second = await cache.record(keyOf("a"), await resultOf(cache, "two"));
    expect(second.contentDigest).toBe(contentOf("two"));
  });

  it("renews a layer that is gone when the same content comes again", async () => {
    const { cache } = await opened();
    const first = await cache.record(keyOf("a"), await resultOf(cache, "one"));
    for (const layer of first.layers) await cache.blobs.forget(layer.digest);
    const result = await resultOf(cache, "one", { form: "gzip", bytes: "other bytes of one" });
    const second = await cache.record(keyOf("a"), result);
    expect(second.layers).toHaveLength(1);
    expect(second.layers[0]?.digest).toBe(digestOf("other bytes of one"));
    expect(second.createdSec).toBe(first.createdSec);
  });

  it("writes over a damaged record", async () => {
    const { cache, warnings } = await opened();
    await cache.record(keyOf("a"), await resultOf(cache, "one"));
    await writeFile(recordPath(cache, keyOf("a")), "damaged");
    const record = await cache.record(keyOf("a"), await resultOf(cache, "two"));
    expect(record.contentDigest).toBe(contentOf("two"));
    expect(warnings.map((warning) => warning.code)).toEqual(["CACHE_ENTRY_CORRUPT"]);
    expect(await cache.lookUp(keyOf("a"))).toEqual(record);
  });
});

describe("lookUp of a record that cannot be used", () => {
  it.each<[string, (path: string, cache: Cache) => Promise<void>]>([
    ["an empty file", (path) => writeFile(path, "")],
    ["another kind of file", (path) => writeFile(path, "oci-build tree 1 x")],
    ["a folder", async (path, cache) => replaceByFolder(path, cache)],
    ["the record of another key", async (path, cache) => copyOtherRecord(path, cache)],
    ["a file over the limit", async (path) => growFile(path)],
  ])("misses with a warning for %s", async (_, damage) => {
    const { cache, warnings } = await opened();
    await cache.record(keyOf("a"), { stepName: "x" });
    await damage(recordPath(cache, keyOf("a")), cache);
    expect(await cache.lookUp(keyOf("a"))).toBeUndefined();
    expect(warnings.map((warning) => warning.code)).toEqual(["CACHE_ENTRY_CORRUPT"]);
  });
});

interface Opened {
  readonly cache: Cache;
  readonly dir: string;
  readonly warnings: readonly OciBuildError[];
}

async function opened(): Promise<Opened> {
  const dir = await temporaryFolder();
  const warnings: OciBuildError[] = [];
  const onWarning = (warning: OciBuildError): void => {
    warnings.push(warning);
  };
  return { cache: await openCache({ dir, now: () => NOW_SEC * 1000, onWarning }), dir, warnings };
}

function keyOf(text: string): StepKey {
  return stepKey([keyField("content", "digest", digestOf(text))]);
}

function contentOf(text: string): ReturnType<typeof parseContentDigest> {
  return parseContentDigest(digestOf(`content ${text}`));
}

async function resultOf(
  cache: Cache,
  content: string,
  encoded: { form: string; bytes: string } = { form: "gzip", bytes: content },
): Promise<StepResult> {
  const layer = await cache.writeLayer(writes(encoded.bytes));
  return { stepName: "COPY . .", content: { digest: contentOf(content), form: encoded.form, layer } };
}

function recordPath(cache: Cache, key: StepKey): string {
  return join(cache.root, "records", digestHex(key.digest));
}

async function copyOtherRecord(path: string, cache: Cache): Promise<void> {
  await cache.record(keyOf("other"), { stepName: "y" });
  await writeFile(path, await readFile(recordPath(cache, keyOf("other"))));
}

async function replaceByFolder(path: string, cache: Cache): Promise<void> {
  await rm(path);
  await openCache({ dir: path });
  expect(await cache.lookUp(keyOf("never"))).toBeUndefined();
}

async function growFile(path: string): Promise<void> {
  await truncate(path, RECORD_MAX_BYTES + 1);
}
