import type { Cache, StoredLayer } from "@oci-build/cache";
import {
  type BlobSource,
  type DiffId,
  type Digest,
  decompressedStream,
  type LayerTree,
  mediaTypes,
  parseDigest,
  readLayerTree,
  sizedBlob,
  unpackLayer,
} from "@oci-build/oci";
import { pastMirrors, type ReadBlobOptions, withForeignPlace } from "@oci-build/registry";
import type { EmitEvent } from "../events/build-event.js";
import type { BaseImage, BaseLayer } from "./base-image.js";
import { inParallel } from "./in-parallel.js";
import { keepingBlob } from "./keeping-blob.js";
import { checkDiffId, inLayer } from "./layer-errors.js";
import { once } from "./once.js";
import { toldChunks } from "./told-chunks.js";

/** How many layers are fetched at once; Docker and containerd take three. */
const FETCHES_AT_ONCE = 4;

/** Layers of up to so many bytes as stored are unpacked when they are first read, if files of theirs may be copied. Of
 * larger ones mostly none is: a copy takes a program out of an image of some hundred MB. */
const UNPACKED_AT_ONCE_MAX_BYTES = 32 * 1024 * 1024;

/** What an image's trees are wanted for: to be looked at alone, or to copy files of the image, too. */
export type TreesUse = "look" | "copy";

/** What reading layers of base images needs. */
export interface BaseLayersContext {
  readonly cache: Pick<Cache, "blobs" | "layer" | "tree" | "writeLayer" | "writeTree">;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal | undefined;
}

/** The layers of base images in one build: what of them is needed is fetched when it is needed, once, and kept in the
 * store. A layer's tree and files are given out only after its bytes had the diffId that its image claims. */
export class BaseLayers {
  readonly #context: BaseLayersContext;
  readonly #trees = new Map<DiffId, Promise<LayerTree>>();
  readonly #stored = new Map<DiffId, Promise<StoredLayer>>();
  readonly #fetched = new Map<Digest, Promise<void>>();

  constructor(context: BaseLayersContext) {
    this.#context = context;
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

  /** The blobs of an image's layers, as its author compressed them, to be written to disk: see `ImageLayers`. */
  kept(image: BaseImage): BlobSource {
    if (image.distance === "near") return image.blobs;
    const { blobs } = this.#context.cache;
    const fetchAll = (): Promise<void> => this.#fetchAll(image);
    return {
      async *read(digest) {
        await fetchAll();
        yield* blobs.read(digest);
      },
    };
  }

  /** The same blobs, of which those that the store lacks are kept nowhere. */
  passed(image: BaseImage): BlobSource {
    if (image.distance === "near") return image.blobs;
    const { blobs } = this.#context.cache;
    return {
      async *read(digest) {
        const isHere = (await blobs.size(digest)) !== undefined;
        yield* (isHere ? blobs : image.blobs).read(digest);
      },
    };
  }

  async #fetchAll(image: BaseImage): Promise<void> {
    await inParallel(image.layers, FETCHES_AT_ONCE, (layer) =>
      once(this.#fetched, layer.descriptor.digest, () =>
        fetching(layer, async (options) => {
          for await (const chunk of this.#packed(image, layer, options)) void chunk;
        }),
      ),
    );
  }

  async #tree(image: BaseImage, layer: BaseLayer): Promise<LayerTree> {
    const { cache } = this.#context;
    const known = await cache.tree(layer.diffId);
    if (known !== undefined) return known;
    const tree = await this.#unpacking(image, layer, async (tar) => {
      const read = await readLayerTree(tar);
      checkDiffId(image, layer, read.diffId);
      return read;
    });
    await cache.writeTree(tree);
    return tree;
  }

  /** As `#tree`; what has to be read for it is unpacked in the same pass. */
  async #unpackedTree(image: BaseImage, layer: BaseLayer): Promise<LayerTree> {
    const known = await this.#context.cache.tree(layer.diffId);
    return known ?? (await this.stored(image, layer)).tree;
  }

  async #unpacked(image: BaseImage, layer: BaseLayer): Promise<StoredLayer> {
    return (await this.#found(layer)) ?? this.#unpack(image, layer);
  }

  /** The uncompressed tar, which an earlier build may have stored. */
  async #found({ diffId }: BaseLayer): Promise<StoredLayer | undefined> {
    const { cache } = this.#context;
    const digest = parseDigest(diffId);
    const size = await cache.blobs.size(digest);
    if (size === undefined) return undefined;
    return cache.layer({ mediaType: mediaTypes.layer, digest, size, diffId, uncompressedSize: size });
  }

  #unpack(image: BaseImage, layer: BaseLayer): Promise<StoredLayer> {
    const { cache } = this.#context;
    return this.#unpacking(image, layer, (tar) =>
      cache.writeLayer(async (sink) => {
        const written = await unpackLayer(tar, sink);
        checkDiffId(image, layer, written.diffId);
        return written;
      }),
    );
  }

  /** Does some work on a layer's tar. Damaged bytes fail as a tar before their digest is known: then the digest is asked
   * for first, so that what can be fetched again is, and nobody takes it for the author's mistake. */
  #unpacking<Result>(
    image: BaseImage,
    layer: BaseLayer,
    work: (tar: AsyncIterable<Uint8Array>) => Promise<Result>,
  ): Promise<Result> {
    return fetching(layer, async (options) => {
      try {
        return await work(decompressedStream(this.#packed(image, layer, options)));
      } catch (error) {
        const failure = inLayer(error, image, layer);
        if (failure === undefined) throw error;
        for await (const chunk of this.#packed(image, layer, options)) void chunk;
        throw failure;
      }
    });
  }

  /** A layer's blob; what comes from far is stored on the way. */
  async *#packed(image: BaseImage, layer: BaseLayer, options: ReadBlobOptions): AsyncGenerator<Uint8Array> {
    const { cache, emit, signal } = this.#context;
    const { descriptor } = layer;
    const { digest, size } = descriptor;
    signal?.throwIfAborted();
    if (image.distance === "near") {
      yield* sizedBlob(image.blobs.read(digest), descriptor);
      return;
    }
    if ((await cache.blobs.size(digest)) === size) {
      yield* cache.blobs.read(digest);
      return;
    }
    const told = { image: image.reference, digest, size };
    const startedMs = Date.now();
    emit({ type: "layer.fetching", layer: told });
    const packed = image.blobs.read(digest, undefined, { ...options, size, signal });
    const chunks = toldChunks(sizedBlob(packed, descriptor), (doneBytes) =>
      emit({ type: "layer.progress", layer: told, doneBytes }),
    );
    yield* keepingBlob(chunks, {
      blobs: cache.blobs,
      digest,
      signal,
    });
    emit({ type: "layer.fetched", layer: told, durationMs: Date.now() - startedMs });
  }
}

/** Reads a layer, past mirrors that have other bytes. */
async function fetching<Result>(
  { descriptor }: BaseLayer,
  read: (options: ReadBlobOptions) => Promise<Result>,
): Promise<Result> {
  try {
    return await pastMirrors(read);
  } catch (error) {
    throw withForeignPlace(error, descriptor);
  }
}

function isUnpackedAtOnce({ layers }: BaseImage, { descriptor }: BaseLayer): boolean {
  return layers.length === 1 || descriptor.size <= UNPACKED_AT_ONCE_MAX_BYTES;
}
