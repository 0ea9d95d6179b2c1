import {
  archiveCompression,
  type ContentDigest,
  decompressedStream,
  isOciBuildError,
  type LayerSegment,
  type LayerTree,
  mediaTypes,
  readLayerTree,
  sizedBlob,
  type TreeEntry,
} from "@oci-build/oci";
import type { LayerBlob, StoredLayer } from "../blob-store.js";
import type { Cache } from "../cache.js";
import { corrupt } from "../store/sealed-file.js";
import { SegmentCheck } from "./segment-check.js";
import type { CacheImport } from "./shared-store.js";

/** A layer of an import, and what it is to hold. */
export interface WantedLayer {
  readonly source: CacheImport;
  readonly blob: LayerBlob;
  readonly content: ContentDigest;
  readonly digestOf: (entries: readonly TreeEntry[]) => ContentDigest;
}

/** Copies a layer into a store, and believes nothing that is said of it: its digests, its diffId, its tree and its
 * segments are held to the bytes, and the tree to the content that it is to be.
 * @throws OciBuildError CACHE_ENTRY_CORRUPT when it is not what it should be, and as `Cache.writeLayer` */
export async function adoptLayer(wanted: WantedLayer, own: Cache): Promise<StoredLayer> {
  const { source, blob } = wanted;
  const segments = await source.segments(blob);
  return own.writeLayer(async (sink) => {
    const check = new SegmentCheck(segments);
    let failure: { readonly error: unknown } | undefined;
    const send = async (chunk: Uint8Array): Promise<void> => {
      try {
        await sink(chunk);
      } catch (error) {
        failure = { error };
        throw error;
      }
    };
    try {
      const { tree, rawBytes } = await readThrough(wanted, { check, send });
      const isOther = segments.some(({ compression }) => compression !== compressions.get(blob.mediaType));
      if (isOther || !check.isSound()) throw damaged(wanted, "its segments are others than its table says");
      if (rawBytes !== blob.uncompressedSize) throw damaged(wanted, `it unpacks to ${rawBytes} bytes`);
      return { ...blob, segments: segments.map(withoutPrefix), tree, work: NO_WORK };
    } catch (error) {
      // What goes wrong with the own store is no fault of the source.
      if (failure !== undefined) throw failure.error;
      throw isOciBuildError(error) ? damaged(wanted, error.message, error) : error;
    }
  });
}

/** What layers of a cache are stored as. */
const compressions: ReadonlyMap<string, LayerSegment["compression"]> = new Map([
  [mediaTypes.layer, "none"],
  [mediaTypes.layerGzip, "gzip"],
  [mediaTypes.layerZstd, "zstd"],
]);

const NO_WORK = { segmentsReused: 0, segmentsCompressed: 0, bytesReused: 0, bytesCompressed: 0 };

/** All of a segment but what nobody has checked here. */
function withoutPrefix({ filePrefix: _, ...checked }: LayerSegment): LayerSegment {
  return checked;
}

interface Passing {
  readonly check: SegmentCheck;
  readonly send: (chunk: Uint8Array) => Promise<void>;
}

async function readThrough(
  wanted: WantedLayer,
  { check, send }: Passing,
): Promise<{ readonly tree: LayerTree; readonly rawBytes: number }> {
  const { source, blob, content, digestOf } = wanted;
  let rawBytes = 0;
  let isBegun = false;
  async function* stored(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of sizedBlob(source.blobs.read(blob.digest), blob)) {
      if (!isBegun && archiveCompression(chunk) !== compressions.get(blob.mediaType)) {
        throw damaged(wanted, `it is no ${blob.mediaType}`);
      }
      isBegun = true;
      check.stored(chunk);
      await send(chunk);
      yield chunk;
    }
  }
  async function* raw(): AsyncGenerator<Uint8Array, void, undefined> {
    const bytes =
      blob.mediaType === mediaTypes.layer
        ? stored()
        : decompressedStream(stored(), { maxBytes: blob.uncompressedSize });
    for await (const chunk of bytes) {
      rawBytes += chunk.length;
      check.raw(chunk);
      yield chunk;
    }
  }
  const tree = await readLayerTree(raw());
  const problem =
    tree.diffId !== blob.diffId
      ? `its diffId is ${tree.diffId}, expected ${blob.diffId}`
      : digestOf(tree.entries) === content
        ? undefined
        : "it holds other files";
  if (problem !== undefined) throw damaged(wanted, problem);
  return { tree, rawBytes };
}

function damaged({ source, blob }: WantedLayer, problem: string, cause?: unknown): Error {
  return isOciBuildError(cause, "CACHE_ENTRY_CORRUPT")
    ? cause
    : corrupt(`${source.dir} (layer ${blob.digest})`, problem, cause);
}
