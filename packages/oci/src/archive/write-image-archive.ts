import type { Digest } from "../digest.js";
import type { ImageContent } from "../image/image-content.js";
import { sizedBlob } from "../image/verified-blob.js";
import { type LayoutFile, planLayout } from "../layout/plan-layout.js";
import type { WriteOptions } from "../layout/write-options.js";
import { encodeEntryHeader } from "../tar/entry-header.js";
import { paddingBytes, TAR_END_BYTES } from "../tar/ustar-block.js";

/** A blob in an archive: `offset` is where its first byte stands, both numbers count bytes. */
export interface PlacedBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly offset: number;
}

/** Takes an archive's bytes in order; `offset` is where the chunk's first byte belongs. The next chunk comes when the
 * promise of the last has resolved. */
export type ArchiveSink = (chunk: Uint8Array, offset: number) => void | Promise<void>;

export interface WriteArchiveOptions extends WriteOptions {
  /** Whether a blob stands at its place already: then neither is it read nor does the sink get it. Default: none
   * does. */
  readonly isThere?: ((blob: PlacedBlob) => boolean) | undefined;
}

/** What was written: the archive's bytes, and the places of its blobs, in order. */
export interface WrittenArchive {
  readonly size: number;
  readonly blobs: readonly PlacedBlob[];
}

/** Writes images as one tar that is an OCI image layout and that `docker load` reads too.
 *
 * Equal content gives equal bytes: names are sorted, times are 0, owners 0:0, modes 0644 and 0755. Blobs go from
 * their source to the sink in the chunks in which they come. The sink is not ended. After an error or an abort it
 * holds a part of the archive, which the caller discards. A blob of 8 GiB or more has its size in a PAX record.
 * @throws OciBuildError OCI_IMAGE_NAME_INVALID, OCI_BLOB_SIZE_MISMATCH, OCI_CONTENT_LIMIT, OCI_DOCUMENT_INVALID,
 *   what `content.blobs` and `sink` throw, and the signal's reason
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#content */
export async function writeImageArchive(
  content: ImageContent,
  sink: ArchiveSink,
  { signal, isThere }: WriteArchiveOptions = {},
): Promise<WrittenArchive> {
  const files = await planLayout(content, signal);
  const blobs: PlacedBlob[] = [];
  let size = 0;
  // A chunk is written while the next one is read and checked.
  let sending: Promise<void> | undefined;
  const send = async (chunk: Uint8Array): Promise<void> => {
    if (chunk.length === 0) return;
    await sending;
    signal?.throwIfAborted();
    sending = sink(chunk, size) ?? undefined;
    size += chunk.length;
    sending?.catch(ignore);
  };
  const sendBlob = async (file: BlobFile): Promise<void> => {
    const blob = { digest: file.digest, size: file.size, offset: size };
    blobs.push(blob);
    if (isThere?.(blob) === true) size += file.size;
    else for await (const chunk of sizedBlob(content.blobs.read(file.digest), file)) await send(chunk);
  };
  try {
    await sendAll(files, send, sendBlob);
    await sending;
  } catch (error) {
    // Whoever owns the sink may end it when this has ended.
    await Promise.allSettled([sending]);
    throw error;
  }
  return { size, blobs };
}

type BlobFile = Extract<LayoutFile, { type: "blob" }>;

async function sendAll(
  files: readonly LayoutFile[],
  send: (chunk: Uint8Array) => Promise<void>,
  sendBlob: (file: BlobFile) => Promise<void>,
): Promise<void> {
  for (const file of files) {
    if (file.type !== "blob") {
      await send(smallMember(file));
      continue;
    }
    await send(encodeEntryHeader({ type: "file", size: file.size, mode: 0o644, ...common(file.path) }));
    await sendBlob(file);
    await send(Buffer.alloc(paddingBytes(file.size)));
  }
  await send(Buffer.alloc(TAR_END_BYTES));
}

function ignore(): void {
  // The failure is thrown where the next chunk waits for this one.
}

/** A whole member in one piece. */
function smallMember(file: Exclude<LayoutFile, { type: "blob" }>): Buffer {
  if (file.type === "directory") {
    return encodeEntryHeader({ type: "directory", mode: 0o755, ...common(file.path) });
  }
  const { length: size } = file.bytes;
  const header = encodeEntryHeader({ type: "file", size, mode: 0o644, ...common(file.path) });
  return Buffer.concat([header, file.bytes, Buffer.alloc(paddingBytes(size))]);
}

function common(path: string): { path: string; uid: number; gid: number; mtimeSec: number } {
  return { path, uid: 0, gid: 0, mtimeSec: 0 };
}
