/** Which index is meant: the context by its real path, the variant by what it leaves out. */
export interface DigestIndexName {
  readonly context: string;
  /** Two builds of one context with other ignore patterns each keep an index of their own. */
  readonly variant: string;
}

/** Keeps the file-digest indexes of contexts as opaque bytes. An index only saves work: whatever goes wrong with it is
 * told as a warning by the store, and never an error.
 *
 * `read` gives the bytes of the variant, else those of the context's variant that was written last, else undefined;
 * never bytes other than those that were written, so a damaged one counts as none. The bytes are the caller's.
 * `write` replaces in one step: a reader sees the old bytes or all of the new ones, and of two writers one wins. */
export interface DigestIndexStore {
  read(name: DigestIndexName): Promise<Uint8Array | undefined>;
  write(name: DigestIndexName, bytes: Uint8Array): Promise<void>;
}
