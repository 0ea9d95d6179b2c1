/** What one layer may take. */
export interface UnpackLimits {
  /** Bytes of the uncompressed tar, which has all data of its files. */
  readonly maxBytes: number;
  /** Names, with those of directories that have to be made. */
  readonly maxEntries: number;
}

/** 256 GiB and two million names: ten times the largest layers in use. */
export const unpackLimits: UnpackLimits = { maxBytes: 256 * 1024 ** 3, maxEntries: 2_000_000 };

/** Linux takes paths of fewer bytes than this (PATH_MAX), and no longer names (NAME_MAX). */
export const PATH_MAX_BYTES = 4096;
export const NAME_MAX_BYTES = 255;
