/** A part of a file in bytes; without a length, to the end. */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number | undefined;
}

/** The files of an image as they lie in a folder or a tar, by path with `/`. Nothing read here is verified.
 * Paths that lead out of the folder, and what is no regular file, do not exist. */
export interface LayoutFiles {
  /** Bytes, or undefined when there is no such file. */
  size(path: string): Promise<number | undefined>;
  /** The bytes of a file. The reader may stop early.
   * @throws OciBuildError OCI_BLOB_MISSING */
  read(path: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Paths that stand in a tar more than once; two readers may take different ones. */
  readonly duplicates: readonly string[];
  close(): Promise<void>;
}
