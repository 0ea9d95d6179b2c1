import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Descriptor, digestOf, mediaTypes, type OciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type Cache, openCache } from "../index.js";
import { INDEX_MAX_BYTES } from "./image-index-store.js";

describe("tagImage, untagImage and images", () => {
  it("list images by name, and move a name to the image that got it last", async () => {
    const { cache } = await opened();
    expect(await names(cache)).toEqual([]);
    await cache.tagImage("app:1", image("a"));
    await cache.tagImage("app:2", image("a"));
    await cache.tagImage("app:1", image("b"));
    expect(await names(cache)).toEqual([`app:2 ${digestOf("a")}`, `app:1 ${digestOf("b")}`]);
    await cache.untagImage("app:2");
    await cache.untagImage("unknown");
    expect(await names(cache)).toEqual([`app:1 ${digestOf("b")}`]);
  });

  it("keep what the descriptor says", async () => {
    const { cache } = await opened();
    const platform = { os: "linux", architecture: "arm64" };
    await cache.tagImage("app", { ...image("a"), platform, annotations: { note: "kept" } });
    const annotations = {
      note: "kept",
      "org.opencontainers.image.ref.name": "app",
      "io.containerd.image.name": "app",
    };
    expect(await cache.images()).toEqual([{ ...image("a"), platform, annotations }]);
  });

  it("lose no name when many are given at once", async () => {
    const { cache, dir } = await opened();
    const other = await openCache({ dir });
    const all = Array.from({ length: 20 }, (_, index) => `app:${index}`);
    await Promise.all(all.map((name, index) => (index % 2 ? cache : other).tagImage(name, image(name))));
    expect(
      (await cache.images()).map((entry) => entry.annotations?.["org.opencontainers.image.ref.name"]).sort(),
    ).toEqual(all.sort());
  });

  it.each([
    ["damaged", (path: string) => writeFile(path, "{")],
    ["over the limit", (path: string) => truncate(path, INDEX_MAX_BYTES + 1)],
  ])("start anew with a warning when the index is %s", async (_, damage) => {
    const { cache, warnings } = await opened();
    await cache.tagImage("app:1", image("a"));
    await damage(join(cache.root, "index.json"));
    await cache.tagImage("app:2", image("b"));
    expect(await names(cache)).toEqual([`app:2 ${digestOf("b")}`]);
    expect(warnings.map((warning) => warning.code)).toEqual(["CACHE_ENTRY_CORRUPT"]);
    expect(JSON.parse(await readFile(join(cache.root, "index.json"), "utf8"))).toMatchObject({
      schemaVersion: 2,
    });
  });
});

async function opened(): Promise<{ cache: Cache; dir: string; warnings: readonly OciBuildError[] }> {
  const dir = await temporaryFolder();
  const warnings: OciBuildError[] = [];
  const onWarning = (warning: OciBuildError): void => {
    warnings.push(warning);
  };
  return { cache: await openCache({ dir, onWarning }), dir, warnings };
}

function image(text: string): Descriptor {
  return { mediaType: mediaTypes.imageManifest, digest: digestOf(text), size: 100 };
}

async function names(cache: Cache): Promise<readonly string[]> {
  const images = await cache.images();
  return images.map(
    ({ annotations, digest }) => `${annotations?.["org.opencontainers.image.ref.name"]} ${digest}`,
  );
}
