import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Cache, openCache } from "@oci-build/cache";
import {
  type Digest,
  digestOf,
  encodeEntryHeader,
  isOciBuildError,
  type LayerTree,
  mediaTypes,
  OciBuildError,
  parseDiffId,
  parseDigest,
  writeLayer,
} from "@oci-build/oci";
import { emptyFileTree } from "@oci-build/snapshot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BaseImage, BaseLayer } from "./base-image.js";
import { BaseLayers } from "./base-layers.js";
import type { ImageBlobs } from "./image-blobs.js";

let folder = "";
let cache: Cache;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "base-layers-"));
  cache = await openCache({ dir: folder });
});
afterEach(() => rm(folder, { recursive: true }));

interface PackedLayer extends BaseLayer {
  readonly bytes: Buffer;
}

async function layerOf(name: string): Promise<PackedLayer> {
  const chunks: Uint8Array[] = [];
  const meta = { path: name, mode: 0o777, uid: 0, gid: 0, mtimeSec: 0 };
  const { digest, size, diffId, mediaType } = await writeLayer(
    [{ type: "symlink", target: "/etc/passwd", ...meta }],
    (chunk) => void chunks.push(Uint8Array.from(chunk)),
  );
  return { bytes: Buffer.concat(chunks), descriptor: { mediaType, digest, size }, diffId };
}

function imageOf(
  layers: readonly PackedLayer[],
  { blobs, distance = "near" }: { readonly blobs: ImageBlobs; readonly distance?: BaseImage["distance"] },
): BaseImage {
  const digest = digestOf("manifest");
  const platform = { os: "linux", architecture: "amd64" };
  const config = { ...platform, rootfs: { type: "layers" as const, diff_ids: [] } };
  return {
    reference: "example.com/base:1",
    digest,
    documents: [],
    config,
    platform,
    layers,
    blobs,
    distance,
  };
}

/** Gives layers' blobs, and counts how often. */
function counting(layers: readonly PackedLayer[]): ImageBlobs & { readonly reads: Digest[] } {
  const reads: Digest[] = [];
  return {
    reads,
    async *read(digest) {
      reads.push(digest);
      const found = layers.find(({ descriptor }) => descriptor.digest === digest);
      if (found !== undefined) yield found.bytes;
    },
  };
}

function open(): BaseLayers {
  return new BaseLayers({ cache, emit: () => undefined, signal: undefined });
}

describe("BaseLayers", () => {
  it("keeps the tree of a layer with members in any order so that it is read without its entries", async () => {
    const meta = { mode: 0o755, uid: 0, gid: 0, mtimeSec: 0 };
    const file = (at: string) => ({ type: "file", path: at, size: 0, ...meta }) as const;
    const directory = (at: string) => ({ type: "directory", path: at, ...meta }) as const;
    const members = [file("b"), directory("a"), file("a/y"), file("a/x"), directory(".")];
    const tar = Buffer.concat([...members.map(encodeEntryHeader), Buffer.alloc(1024)]);
    const diffId = parseDiffId(digestOf(tar));
    const descriptor = { mediaType: mediaTypes.layer, digest: digestOf(tar), size: tar.length };
    const layer = { bytes: tar, descriptor, diffId };
    const blobs = counting([layer]);
    const image = imageOf([layer], { blobs });
    await open().trees(image);
    const [tree] = await open().trees(image);
    expect(blobs.reads).toHaveLength(1);
    const unread: LayerTree = {
      diffId,
      rows: tree?.rows,
      get entries() {
        return expect.unreachable();
      },
    };
    const files = emptyFileTree(() => expect.unreachable()).applyLayer(unread);
    expect(Array.from(files.entries(), ({ path: at }) => at)).toEqual(["a", "a/x", "a/y", "b"]);
  });

  it.each(["near", "far"] as const)(
    "reads no further when it is aborted: an image that is %s",
    async (distance) => {
      const [PARTS, CHUNK] = [50, Buffer.alloc(65_536, 1)];
      const size = PARTS * CHUNK.length;
      const digest = digestOf("never read to the end");
      const layer = {
        ...{ bytes: Buffer.alloc(0), diffId: parseDiffId(digest) },
        descriptor: { mediaType: mediaTypes.layer, digest, size },
      };
      const controller = new AbortController();
      let read = 0;
      const blobs: ImageBlobs = {
        async *read() {
          for (; read < PARTS; read += 1) {
            if (read === 3) controller.abort(new Error("enough"));
            yield CHUNK;
          }
        },
      };
      const { signal } = controller;
      const layers = new BaseLayers({ cache, emit: () => undefined, signal });
      await expect(layers.stored(imageOf([layer], { blobs, distance }), layer)).rejects.toThrow("enough");
      expect(read).toBeLessThan(10);
    },
  );

  it("unpacks what files are copied from in the pass that reads what it holds", async () => {
    const layers = [await layerOf("a"), await layerOf("b")];
    const blobs = counting(layers);
    const image = imageOf(layers, { blobs });
    const base = open();
    const trees = await base.trees(image, "copy");
    expect(trees.map(({ diffId }) => diffId)).toEqual(layers.map(({ diffId }) => diffId));
    for (const layer of layers) await base.stored(image, layer);
    expect(blobs.reads).toHaveLength(layers.length);
    for (const layer of layers) await open().stored(image, layer);
    expect(blobs.reads).toHaveLength(layers.length);
  });

  it("unpacks nothing of what is only looked at", async () => {
    const layers = [await layerOf("a")];
    const blobs = counting(layers);
    await open().trees(imageOf(layers, { blobs }));
    expect((await cache.usage()).kinds.blobs.count).toBe(0);
  });

  it("unpacks large layers among others only when a file of theirs is read", async () => {
    const small = await layerOf("a");
    const large = await layerOf("b");
    const layers = [small, { ...large, descriptor: { ...large.descriptor, size: 33 * 1024 * 1024 } }];
    const image = imageOf(layers, { blobs: counting(layers) });
    await expect(open().trees(image, "copy")).rejects.toSatisfy((error) =>
      isOciBuildError(error, "OCI_BLOB_SIZE_MISMATCH"),
    );
    expect(await cache.blobs.size(parseDigest(small.diffId))).toBeDefined();
    expect((await cache.usage()).kinds.blobs.count).toBe(1);
  });

  it.each([
    ["the trees are asked for", (base: BaseLayers, image: BaseImage) => base.trees(image)],
    [
      "the blobs are read",
      async (base: BaseLayers, image: BaseImage) => {
        for (const { descriptor } of image.layers)
          for await (const chunk of base.blobs.kept(image).read(descriptor.digest)) void chunk;
      },
    ],
  ])("asks the registry itself for a layer of which a mirror has other bytes, when %s", async (_, work) => {
    const layers = [await layerOf("a")];
    const right = counting(layers);
    const asked: unknown[] = [];
    const blobs: ImageBlobs = {
      async *read(digest, range, options) {
        asked.push(options?.mirrors);
        if (options?.mirrors === "pass-by") yield* right.read(digest, range);
        else {
          yield Buffer.from("what the mirror has");
          throw new OciBuildError("REGISTRY_DIGEST_MISMATCH", 1, { message: `not ${digest}`, data: {} });
        }
      },
    };
    await work(open(), imageOf(layers, { blobs, distance: "far" }));
    expect(asked.at(-1)).toBe("pass-by");
    expect(right.reads).toHaveLength(1);
  });
});
