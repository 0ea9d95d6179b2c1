import type { StoredLayer } from "@oci-build/cache";
import type { RootFileSystem, RootLayer } from "@oci-build/executor";
import { decompressedStream, mediaTypes, parseDigest } from "@oci-build/oci";
import type { BaseImage, BaseLayer } from "../base/base-image.js";
import type { SolveContext } from "./solve-context.js";
import type { StageSoFar } from "./solve-stage.js";

type LayerSources = Pick<SolveContext, "baseLayers" | "cache">;

/** A stage as a command runs on it. Its layers are opened only where they are not unpacked yet. */
export async function rootFileSystem(
  { image, steps, root }: StageSoFar,
  sources: LayerSources,
): Promise<RootFileSystem> {
  await root.ready();
  const below = image?.layers.map((layer) => baseLayer(image, layer, sources)) ?? [];
  const own = steps.flatMap(({ layer }) => (layer === undefined ? [] : [ownLayer(layer, sources)]));
  return { layers: [...below, ...own], tree: root.snapshot() };
}

function baseLayer(image: BaseImage, layer: BaseLayer, { baseLayers, cache }: LayerSources): RootLayer {
  const { diffId } = layer;
  return {
    diffId,
    async *open() {
      // An earlier build may have stored the tar itself.
      const digest = parseDigest(diffId);
      if ((await cache.blobs.size(digest)) !== undefined) yield* cache.blobs.read(digest);
      else yield* decompressedStream(baseLayers.blobs.kept(image).read(layer.descriptor.digest));
    },
  };
}

function ownLayer({ diffId, digest, mediaType }: StoredLayer, { cache }: LayerSources): RootLayer {
  return {
    diffId,
    async *open() {
      const blob = cache.blobs.read(digest);
      if (mediaType === mediaTypes.layer) {
        yield* blob;
        return;
      }
      try {
        yield* decompressedStream(blob);
      } catch (error) {
        // Damaged bytes fail here before their digest is known; that names the blob, so that it can be made again.
        for await (const chunk of cache.blobs.read(digest)) void chunk;
        throw error;
      }
    },
  };
}
