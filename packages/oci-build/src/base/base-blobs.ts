import type { Cache } from "@oci-build/cache";
import { type BlobSource, type Digest, decompressedStream, sizedBlob } from "@oci-build/oci";
import { pastMirrors, type ReadBlobOptions, withForeignPlace } from "@oci-build/registry";
import type { EmitEvent } from "../events/build-event.js";
import type { BaseImage, BaseLayer } from "./base-image.js";
import { inParallel } from "./in-parallel.js";
import { keepingBlob } from "./keeping-blob.js";
import { inLayer } from "./layer-errors.js";
import { once } from "./once.js";
import { toldChunks } from "./told-chunks.js";

/** How many layers are fetched at once; Docker and containerd take three. */
export const FETCHES_AT_ONCE = 4;

/** What reading blobs of base images needs. */
export interface BaseBlobsContext {
  readonly cache: Pick<Cache, "blobs">;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal | undefined;
}

/** The blobs of base images' layers in one build. Those from far are fetched when they are needed and kept in the
 * store. */
export class BaseBlobs {
  readonly #context: BaseBlobsContext;
  readonly #fetched = new Map<Digest, Promise<void>>();

  constructor(context: BaseBlobsContext) {
    this.#context = context;
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

  /** Does some work on a layer's tar. Damaged bytes fail as a tar before their digest is known: then the digest is asked
   * for first, so that what can be fetched again is, and nobody takes it for the author's mistake. */
  unpacking<Result>(
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

  async #fetchAll(image: BaseImage): Promise<void> {
    await inParallel(image.layers, FETCHES_AT_ONCE, (layer) =>
      once(this.#fetched, layer.descriptor.digest, () =>
        fetching(layer, async (options) => {
          for await (const chunk of this.#packed(image, layer, options)) void chunk;
        }),
      ),
    );
  }

  /** A layer's blob; what comes from far is stored on the way. */
  async *#packed(image: BaseImage, layer: BaseLayer, options: ReadBlobOptions): AsyncGenerator<Uint8Array> {
    const { signal } = this.#context;
    signal?.throwIfAborted();
    // Asked for each chunk: a large layer of the disk takes seconds, too.
    for await (const chunk of await this.#chunks(image, layer, options)) {
      signal?.throwIfAborted();
      yield chunk;
    }
  }

  async #chunks(
    image: BaseImage,
    layer: BaseLayer,
    options: ReadBlobOptions,
  ): Promise<AsyncIterable<Uint8Array>> {
    const { blobs } = this.#context.cache;
    const { descriptor } = layer;
    const { digest, size } = descriptor;
    if (image.distance === "near") return sizedBlob(image.blobs.read(digest), descriptor);
    return (await blobs.size(digest)) === size
      ? blobs.read(digest)
      : this.#fetchedBlob(image, layer, options);
  }

  /** A blob from far, with events of how far it is. */
  async *#fetchedBlob(
    image: BaseImage,
    { descriptor }: BaseLayer,
    options: ReadBlobOptions,
  ): AsyncGenerator<Uint8Array> {
    const { cache, emit, signal } = this.#context;
    const { digest, size } = descriptor;
    const layer = { image: image.reference, digest, size };
    const startedMs = Date.now();
    emit({ type: "layer.fetching", layer });
    const packed = image.blobs.read(digest, undefined, { ...options, size, signal });
    const chunks = toldChunks(sizedBlob(packed, descriptor), (doneBytes) =>
      emit({ type: "layer.progress", layer, doneBytes }),
    );
    yield* keepingBlob(chunks, { blobs: cache.blobs, digest, signal });
    emit({ type: "layer.fetched", layer, durationMs: Date.now() - startedMs });
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
