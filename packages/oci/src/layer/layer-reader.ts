import type { FileReader } from "../entry.js";
import { decodeSegment, segmentCorrupt } from "./decode-segment.js";
import type { LayerSegment, TreeFile } from "./layer-tree.js";

/** Gives bytes of a blob: `length` of them from `offset`. */
export type RangeSource = (offset: number, length: number) => AsyncIterable<Uint8Array>;

/** Opens files of one layer straight from its blob. */
export interface LayerReader {
  /** A reader of a file of this layer's tree, from any number of which bytes may be read in turn. It holds nothing
   * open. Reads fail with LAYER_SEGMENT_CORRUPT when the blob or the segments are not those that were written. */
  openFile(file: TreeFile): FileReader;
}

/** Reads files of a written layer by way of its segments. One decoded segment is kept, so that reading many small
 * files in the layer's order decodes each segment once. */
export function layerReader(blob: RangeSource, segments: readonly LayerSegment[]): LayerReader {
  const cache = new SegmentCache(blob, segments);
  return { openFile: (file) => new SegmentedFileReader(cache, file) };
}

/** A reader of one file of a layer; for several of them `layerReader` decodes less. */
export function openLayerFile(
  blob: RangeSource,
  segments: readonly LayerSegment[],
  file: TreeFile,
): FileReader {
  return layerReader(blob, segments).openFile(file);
}

class SegmentCache {
  readonly #blob: RangeSource;
  readonly #segments: readonly LayerSegment[];
  #segment: LayerSegment | undefined;
  #decoding: Promise<Buffer> | undefined;
  #decoded: { readonly segment: LayerSegment; readonly bytes: Buffer } | undefined;

  constructor(blob: RangeSource, segments: readonly LayerSegment[]) {
    this.#blob = blob;
    this.#segments = segments;
  }

  /** The decoded bytes from a place in the tar to the end of its segment. */
  bytesFrom(tarOffset: number): Buffer | Promise<Buffer> {
    const segment = this.#find(tarOffset);
    const start = tarOffset - segment.rawOffset;
    if (this.#decoded?.segment === segment) return this.#decoded.bytes.subarray(start);
    return this.#decode(segment).then((bytes) => bytes.subarray(start));
  }

  #decode(segment: LayerSegment): Promise<Buffer> {
    if (this.#segment === segment && this.#decoding !== undefined) return this.#decoding;
    this.#segment = segment;
    this.#decoding = this.#load(segment);
    return this.#decoding;
  }

  async #load(segment: LayerSegment): Promise<Buffer> {
    try {
      const bytes = await decodeSegment(this.#blob, segment);
      this.#decoded = { segment, bytes };
      return bytes;
    } finally {
      // Of a failed one nothing is kept: the next read tries again.
      if (this.#segment === segment) this.#segment = undefined;
    }
  }

  #find(tarOffset: number): LayerSegment {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle];
      if (segment === undefined || segment.rawOffset > tarOffset) high = middle;
      else if (tarOffset < segment.rawOffset + segment.rawSize) return segment;
      else low = middle + 1;
    }
    throw segmentCorrupt({ offset: tarOffset, size: 0 }, "no segment holds this place of the tar");
  }
}

class SegmentedFileReader implements FileReader {
  readonly #cache: SegmentCache;
  readonly #file: TreeFile;
  #done = 0;

  constructor(cache: SegmentCache, file: TreeFile) {
    this.#cache = cache;
    this.#file = file;
  }

  read(target: Uint8Array): number | Promise<number> {
    const left = this.#file.size - this.#done;
    if (left === 0 || target.length === 0) return 0;
    const bytes = this.#cache.bytesFrom(this.#file.dataOffset + this.#done);
    return bytes instanceof Promise
      ? bytes.then((loaded) => this.#take(loaded, target))
      : this.#take(bytes, target);
  }

  close(): void {
    this.#done = this.#file.size;
  }

  #take(bytes: Buffer, target: Uint8Array): number {
    const count = Math.min(bytes.length, target.length, this.#file.size - this.#done);
    target.set(bytes.subarray(0, count));
    this.#done += count;
    return count;
  }
}
