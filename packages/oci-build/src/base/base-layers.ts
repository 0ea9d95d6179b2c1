import type { Cache, StoredLayer } from "@oci-build/cache";
import {
  type DiffId,
  type LayerTree,
  mediaTypes,
  parseDigest,
  readLayerTree,
  unpackLayer,
} from "@oci-build/oci";
import { BaseBlobs, type BaseBlobsContext, FETCHES_AT_ONCE } from "./base-blobs.js";
import type { BaseImage, BaseLayer } from "./base-image.js";
import { inParallel } from "./in-parallel.js";
import { checkDiffId } from "./layer-errors.js";
import { once } from "./once.js";

/** Layers of up to so many bytes as stored are unpacked when they are first read, if files of theirs may be copied. Of
 * larger ones mostly none is: a copy takes a program out of an image of some hundred MB. */
const UNPACKED_AT_ONCE_MAX_BYTES = 32 * 1024 * 1024;

/** What an image's trees are wanted for: to be looked at alone, or to copy files of the image, too. */
export type TreesUse = "look" | "copy";

/** What reading layers of base images needs. */
export interface BaseLayersContext extends BaseBlobsContext {
  readonly cache: Pick<Cache, "blobs" | "layer" | "tree" | "writeLayer" | "writeTree">;
}

/** The layers of base images in one build: what of them is needed is fetched when it is needed, once, and kept in the
 * store. A layer's tree and files are given out only after its bytes had the diffId that its image claims. */
export class BaseLayers {
  /** As their authors compressed them. */
  readonly blobs: BaseBlobs;
  readonly #cache: BaseLayersContext["cache"];
  readonly #trees = new Map<DiffId, Promise<LayerTree>>();
  readonly #stored = new Map<DiffId, Promise<StoredLayer>>();

  constructor(context: BaseLayersContext) {
    this.blobs = new BaseBlobs(context);
    this.#cache = context.cache;
  }

  /** What the layers of an image hold, lowest first. */
  trees(image: BaseImage, use: TreesUse = "look"): Promise<readonly LayerTree[]> {
    return inParallel(image.layers, FETCHES_AT_ONCE, (layer) => {
      const isUnpacked = use === "copy" && isUnpackedAtOnce(image, layer);
      const read = isUnpacked ? this.#unpackedTree : this.#tree;
      return once(this.#trees, layer.diffId, () => read.call(this, image, layer));
    });
  }

  /** A layer whose files can be read at random. */
  stored(image: BaseImage, layer: BaseLayer): Promise<StoredLayer> {
    return once(this.#stored, layer.diffId, () => this.#unpacked(image, layer));
  }

  async #tree(image: BaseImage, layer: BaseLayer): Promise<LayerTree> {
    const known = await this.#cache.tree(layer.diffId);
    if (known !== undefined) return known;
    const tree = await this.blobs.unpacking(image, layer, async (tar) => {
      const read = await readLayerTree(tar);
      checkDiffId(image, layer, read.diffId);
      return read;
    });
    await this.#cache.writeTree(tree);
    return tree;
  }

  /** As `#tree`; what has to be read for it is unpacked in the same pass. */
  async #unpackedTree(image: BaseImage, layer: BaseLayer): Promise<LayerTree> {
    const known = await this.#cache.tree(layer.diffId);
    return known ?? (await this.stored(image, layer)).tree;
  }

  async #unpacked(image: BaseImage, layer: BaseLayer): Promise<StoredLayer> {
    return (await this.#found(layer)) ?? this.#unpack(image, layer);
  }

  /** The uncompressed tar, which an earlier build may have stored. */
  async #found({ diffId }: BaseLayer): Promise<StoredLayer | undefined> {
    const digest = parseDigest(diffId);
    const size = await this.#cache.blobs.size(digest);
    if (size === undefined) return undefined;
    return this.#cache.layer({ mediaType: mediaTypes.layer, digest, size, diffId, uncompressedSize: size });
  }

  #unpack(image: BaseImage, layer: BaseLayer): Promise<StoredLayer> {
    return this.blobs.unpacking(image, layer, (tar) =>
      this.#cache.writeLayer(async (sink) => {
        const written = await unpackLayer(tar, sink);
        checkDiffId(image, layer, written.diffId);
        return written;
      }),
    );
  }
}

function isUnpackedAtOnce({ layers }: BaseImage, { descriptor }: BaseLayer): boolean {
  return layers.length === 1 || descriptor.size <= UNPACKED_AT_ONCE_MAX_BYTES;
}
