/** What of a layer's tar its compressed end may need. */
export interface RawTotals {
  readonly crc32: number;
  readonly sizeBytes: number;
}

/** How segments become one compressed stream: `start`, then each segment encoded alone, then `finish`. */
export interface LayerCodec {
  readonly mediaType: string;
  /** All that decides the bytes that `encode` gives, besides the raw ones. */
  readonly form: string;
  readonly start: Uint8Array;
  /** The same raw bytes give the same encoded ones; whoever gets them owns them. */
  encode(raw: Uint8Array): Promise<Uint8Array>;
  finish(totals: RawTotals): Uint8Array;
}
