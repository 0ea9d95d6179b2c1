import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { openCache } from "@oci-build/cache";
import { digestOf, mediaTypes, parseDiffId, writeLayer } from "@oci-build/oci";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BaseImage } from "../base/base-image.js";
import { BaseLayers } from "../base/base-layers.js";
import { LayerFiles } from "./layer-files.js";
import { rootFileSystem } from "./root-file-system.js";
import { StageRoot } from "./stage-root.js";

describe("rootFileSystem", () => {
  it("reads the tar of a base's layer where an earlier build stored it, and else fetches the layer", async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), "root-file-system-"));
    onTestFinished(() => rm(dir, { recursive: true }));
    const cache = await openCache({ dir });
    const chunks: Uint8Array[] = [];
    const meta = { path: "l", mode: 0o777, uid: 0, gid: 0, mtimeSec: 0 };
    const { diffId, digest, size } = await writeLayer(
      [{ type: "symlink", target: "x", ...meta }],
      (chunk) => void chunks.push(Uint8Array.from(chunk)),
    );
    let reads = 0;
    const image: BaseImage = {
      ...{ reference: "example.com/base:1", digest: digestOf("manifest"), documents: [] },
      config: { os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [diffId] } },
      platform: { os: "linux", architecture: "amd64" },
      layers: [{ descriptor: { mediaType: mediaTypes.layerGzip, digest, size }, diffId }],
      blobs: {
        async *read() {
          reads += 1;
          yield* await Promise.resolve(chunks);
        },
      },
      distance: "near",
    };
    const baseLayers = new BaseLayers({ cache, emit: () => undefined, signal: undefined });
    const stage = { image, steps: [], root: StageRoot.empty(new LayerFiles(cache)) };
    const tarDigest = async (): Promise<string> => {
      const { layers } = await rootFileSystem(stage, { baseLayers, cache });
      const hash = createHash("sha256");
      for (const layer of layers) for await (const chunk of layer.open()) hash.update(chunk);
      return parseDiffId(`sha256:${hash.digest("hex")}`);
    };
    expect([await tarDigest(), reads]).toEqual([diffId, 1]);
    const [layer] = image.layers;
    if (layer !== undefined) await baseLayers.stored(image, layer);
    expect([await tarDigest(), reads]).toEqual([diffId, 2]);
  });
});
