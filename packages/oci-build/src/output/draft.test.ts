import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Cache, openCache } from "@oci-build/cache";
import {
  assembleImage,
  type Digest,
  digestHex,
  digestOf,
  type ImageContent,
  imageContent,
  mediaTypes,
  parseDiffId,
} from "@oci-build/oci";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Draft } from "./draft.js";
import { startDraft } from "./start-draft.js";
import { type WrittenOutput, writeOutput } from "./write-output.js";

const MiB = 1024 * 1024;
const layers = [randomBytes(2 * MiB + 1), randomBytes(MiB), randomBytes(3 * MiB)];

let folder: string;
let file: string;
let cache: Cache;
let reads: Digest[];

beforeEach(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-draft-")));
  file = path.join(folder, "app.tar");
  cache = await openCache({ dir: path.join(folder, "cache") });
  reads = [];
  for (const layer of layers) {
    const writer = await cache.blobs.writer();
    await writer.write(layer);
    await writer.commit();
  }
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** An image of some of the layers, whose reading is noted. */
function imageOf(chosen: readonly Buffer[] = layers): ImageContent {
  const image = assembleImage({
    config: { rootfs: { type: "layers", diff_ids: chosen.map((layer) => parseDiffId(digestOf(layer))) } },
    layers: chosen.map((layer) => ({
      mediaType: mediaTypes.layer,
      digest: digestOf(layer),
      size: layer.length,
    })),
    platform: { os: "linux", architecture: "amd64" },
  });
  return imageContent([{ ...image, names: [] }], {
    read(digest) {
      reads.push(digest);
      return cache.blobs.read(digest);
    },
  });
}

function write(content = imageOf(), draft?: Draft): Promise<WrittenOutput> {
  const memory = { cache, trustStat: "always", cacheUse: "read-write" } as const;
  return writeOutput(content, { dest: file, form: "tar" }, { memory, signal: undefined, draft });
}

function start(options: { cacheUse?: "write-only"; minBytes?: number } = {}): Promise<Draft | undefined> {
  const { cacheUse = "read-write", minBytes = MiB } = options;
  const outputs = [{ kind: "archive", dest: file, form: "tar", names: [] }] as const;
  return startDraft({ options: { cacheUse, outputs }, cache, minBytes });
}

/** The output as it is without a draft; it is gone afterwards, as are the notes. */
async function written(content = imageOf()): Promise<Buffer> {
  await write(content);
  const bytes = fs.readFileSync(file);
  fs.rmSync(file);
  reads = [];
  return bytes;
}

const names = (): string[] => fs.readdirSync(folder).filter((name) => name !== "cache");

const blobFile = (layer: Buffer | undefined): string =>
  path.join(cache.root, "blobs/sha256", digestHex(digestOf(layer ?? "")));

function flipBit(name: string): void {
  const bytes = fs.readFileSync(name);
  bytes[MiB / 2] = (bytes[MiB / 2] ?? 0) ^ 1;
  fs.writeFileSync(name, bytes);
}

describe("startDraft", () => {
  it("has an output that is the same as the last one written before it is asked for, byte for byte", async () => {
    const expected = await written();
    const draft = await start();
    expect(names()).toHaveLength(1);
    expect((await write(imageOf(), draft)).outcome).toBe("written");
    expect(fs.readFileSync(file).equals(expected)).toBe(true);
    expect(reads).toEqual([]);
    expect(names()).toEqual(["app.tar"]);
    expect((await write()).outcome).toBe("unchanged");
  });

  it.each<[string, readonly Buffer[]]>([
    ["one layer less", layers.slice(1)],
    ["a layer more", [...layers, Buffer.from("another")]],
    ["other layers", [Buffer.from("another")]],
  ])("does no harm when the image has %s", async (_, chosen) => {
    const writer = await cache.blobs.writer();
    await writer.write(Buffer.from("another"));
    await writer.commit();
    const expected = await written(imageOf(chosen));
    await written();
    await write(imageOf(chosen), await start());
    expect(fs.readFileSync(file).equals(expected)).toBe(true);
    expect(names()).toEqual(["app.tar"]);
  });

  it.each<[string, string, (name: string) => void]>([
    ["a flipped bit", "CACHE_BLOB_CORRUPT", flipBit],
    ["a cut end", "CACHE_BLOB_CORRUPT", (name) => fs.truncateSync(name, MiB)],
    ["no file any more", "CACHE_BLOB_MISSING", (name) => fs.rmSync(name)],
  ])("does not take a blob that has %s", async (_, code, damage) => {
    await written();
    damage(blobFile(layers[2]));
    await expect(write(imageOf(), await start())).rejects.toMatchObject({ code });
    expect(names()).toEqual([]);
  });

  it("leaves nothing when it is discarded, at any moment", async () => {
    await written();
    for (const waitMs of [0, 5, 50]) {
      const draft = await start();
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await draft?.discard();
      expect(names()).toEqual([]);
      expect(await draft?.take()).toBeUndefined();
    }
  });

  it("is nothing to a file that another process has written meanwhile", async () => {
    await written();
    const draft = await start();
    await write();
    expect((await write(imageOf(), draft)).outcome).toBe("unchanged");
    await draft?.discard();
    expect(names()).toEqual(["app.tar"]);
  });

  it.each<[string, () => Parameters<typeof start>[0] | undefined]>([
    ["the output is small", () => ({ minBytes: 100 * MiB })],
    ["nothing is to be looked up", () => ({ cacheUse: "write-only" })],
    ["the output is there", () => void fs.writeFileSync(file, "")],
    [
      "its folder is gone",
      () => {
        file = path.join(folder, "gone", "app.tar");
        return undefined;
      },
    ],
  ])("begins nothing when %s", async (_, change) => {
    await written();
    const before = names();
    const options = change();
    const after = names();
    expect(await start(options)).toBeUndefined();
    expect(names()).toEqual(after);
    expect(before).toEqual([]);
  });
});
