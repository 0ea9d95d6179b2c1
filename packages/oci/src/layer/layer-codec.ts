import type { LayerCompression } from "../image/media-types.js";

/** What of a layer's tar its compressed end may need. */
export interface RawTotals {
  readonly crc32: number;
  readonly sizeBytes: number;
}

/** How segments become one compressed stream: `start`, then each segment encoded alone, then `finish`. Empty parts are
 * not written. */
export interface LayerCodec {
  readonly mediaType: string;
  readonly compression: LayerCompression;
  /** All that decides the bytes that `encode` gives, besides the raw ones. */
  readonly form: string;
  readonly start: Uint8Array;
  /** The same raw bytes give the same encoded ones; whoever gets them owns them. `raw` stays as it is until then. */
  encode(raw: Uint8Array): Promise<Uint8Array>;
  finish(totals: RawTotals): Uint8Array;
}
