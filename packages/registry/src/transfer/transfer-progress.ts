import type { Digest } from "@oci-build/oci";

/** How far the transfer of a blob is. `doneBytes` of `size` were sent or received; it goes back when a transfer has to
 * begin again. */
export interface TransferProgress {
  readonly digest: Digest;
  readonly size: number;
  readonly doneBytes: number;
}

/** What every transfer takes. */
export interface TransferOptions {
  /** Blobs at a time. Default: 6. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of bytes as they go, often; by blob, whose calls come in order. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** 6, as containers/image has it: enough to fill the line, and few enough for a registry not to mind. */
export const CONCURRENCY_DEFAULT = 6;

/** The largest first, so that no large one is left alone at the end; each digest once. */
export function inTransferOrder<Blob extends { readonly digest: Digest; readonly size: number }>(
  blobs: readonly Blob[],
): readonly Blob[] {
  const byDigest = new Map(blobs.map((blob) => [blob.digest, blob]));
  return [...byDigest.values()].sort((a, b) => b.size - a.size);
}
