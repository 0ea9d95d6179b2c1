import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf, encodeJson, type OciBuildError, type PlacedBlob } from "@oci-build/oci";
import { afterEach, describe, expect, it } from "vitest";
import { type Cache, openCache, type WrittenOutput } from "../index.js";
import { decodeOutputs, OUTPUT_BLOBS_MAX, OUTPUTS_MAX } from "./output-store.js";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function opened(): Promise<{ cache: Cache; warnings: OciBuildError[] }> {
  const dir = await mkdtemp(join(tmpdir(), "oci-build-outputs-"));
  folders.push(dir);
  const warnings: OciBuildError[] = [];
  return { cache: await openCache({ dir, onWarning: (warning) => void warnings.push(warning) }), warnings };
}

const blob = (offset: number, size = 10): PlacedBlob => ({ digest: digestOf("blob"), size, offset });
const outputAt = (path: string, stat = "1 2 3", blobs = [blob(512), blob(1024)]): WrittenOutput => ({
  path,
  content: digestOf(path),
  stat,
  blobs,
});

describe("writtenOutput", () => {
  it("gives what was remembered last of a place", async () => {
    const { cache } = await opened();
    await cache.rememberOutput(outputAt("/a", "old"));
    await cache.rememberOutput(outputAt("/b"));
    await cache.rememberOutput(outputAt("/a", "new"));
    expect(await cache.writtenOutput("/a")).toEqual(outputAt("/a", "new"));
    expect(await cache.writtenOutput("/b")).toEqual(outputAt("/b"));
    expect(await cache.writtenOutput("/c")).toBeUndefined();
  });

  it("forgets the places that were written first", async () => {
    const { cache } = await opened();
    for (let at = 0; at <= OUTPUTS_MAX; at++) await cache.rememberOutput(outputAt(`/${at}`));
    expect(await cache.writtenOutput("/0")).toBeUndefined();
    expect(await cache.writtenOutput("/1")).toBeDefined();
  });

  it("knows nothing, with a warning, when the file is damaged", async () => {
    const { cache, warnings } = await opened();
    await cache.rememberOutput(outputAt("/a"));
    await writeFile(join(cache.root, "outputs"), "damaged");
    expect(await cache.writtenOutput("/a")).toBeUndefined();
    expect(warnings.map(({ code }) => code)).toEqual(["CACHE_ENTRY_CORRUPT"]);
    await cache.rememberOutput(outputAt("/a"));
    expect(await cache.writtenOutput("/a")).toEqual(outputAt("/a"));
  });
});

describe("decodeOutputs", () => {
  const decode = (output: object): unknown => decodeOutputs(encodeJson({ outputs: [output] }));

  it("knows no blobs of what an earlier version wrote", () => {
    const { blobs: _, ...old } = outputAt("/a");
    expect(decode(old)).toEqual([{ ...old, blobs: [] }]);
  });

  it.each([
    ["overlap", [blob(512), blob(520)]],
    ["are out of order", [blob(1024), blob(512)]],
    ["begin before the file", [blob(-1)]],
    ["have a negative size", [blob(512, -1)]],
    ["are too many", Array.from({ length: OUTPUT_BLOBS_MAX + 1 }, (_, at) => blob(at * 512))],
  ])("refuses blobs that %s", (_, blobs) => {
    expect(() => decode(outputAt("/a", "1", blobs))).toThrow();
  });
});
