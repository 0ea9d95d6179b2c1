import type { Digest } from "../digest.js";
import type { OciBuildError } from "../error.js";
import type { LayerSegment } from "./layer-tree.js";

/** Compressed bytes that an earlier layer has: what they should be, and how to get them. */
export interface FoundSegment {
  readonly rawSize: number;
  readonly rawCrc32: number;
  /** Compressed bytes. */
  readonly size: number;
  /** Of the compressed bytes. */
  readonly digest: Digest;
  /** Reads the compressed bytes, which the caller owns and checks. */
  read(): Promise<Uint8Array>;
}

/** What a segment of an earlier layer is called, and its raw bytes' number. */
export type NamedSegment = Pick<LayerSegment, "key" | "rawSize">;

/** Where a layer that is being written finds segments that earlier layers have. It costs work when it is wrong, and
 * never a wrong layer: all that comes from it is checked. It is asked for several segments at the same time. */
export interface SegmentSource {
  /** A segment of exactly this key (see `LayerSegment`), or undefined. */
  find(key: string): FoundSegment | undefined | Promise<FoundSegment | undefined>;
  /** A segment of an earlier layer that ends a run of a large file's bytes which is the same as here. `name` is the SHA-256
   * in hex of that file from its start to the segment's end, and then as in a key. Its key is then known without hashing
   * the segment by itself. What fails here counts as not found. */
  findPrefix?(name: string): NamedSegment | undefined | Promise<NamedSegment | undefined>;
  /** Told of a segment that could not be read, or had other bytes than its digest says: it is compressed anew.
   * `error` is LAYER_SEGMENT_UNUSABLE, with what happened as its cause. */
  rejected(key: string, error: OciBuildError): void;
}
