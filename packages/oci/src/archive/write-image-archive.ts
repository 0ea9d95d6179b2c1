import type { ByteSink } from "../image/blob-source.js";
import type { ImageContent } from "../image/image-content.js";
import { sizedBlob } from "../image/verified-blob.js";
import { type LayoutFile, planLayout } from "../layout/plan-layout.js";
import type { WriteOptions } from "../layout/write-options.js";
import { encodeEntryHeader } from "../tar/entry-header.js";
import { paddingBytes, TAR_END_BYTES } from "../tar/ustar-block.js";

/** Writes images as one tar that is an OCI image layout and that `docker load` reads too.
 *
 * Equal content gives equal bytes: names are sorted, times are 0, owners 0:0, modes 0644 and 0755. Blobs go from
 * their source to the sink in the chunks in which they come. The sink is not ended. After an error or an abort it
 * holds a part of the archive, which the caller discards.
 * `size` is the bytes written. A blob of 8 GiB or more has its size in a PAX record.
 * @throws OciBuildError OCI_IMAGE_NAME_INVALID, OCI_BLOB_SIZE_MISMATCH, OCI_CONTENT_LIMIT, OCI_DOCUMENT_INVALID,
 *   what `content.blobs` and `sink` throw, and the signal's reason
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#content */
export async function writeImageArchive(
  content: ImageContent,
  sink: ByteSink,
  { signal }: WriteOptions = {},
): Promise<{ readonly size: number }> {
  const files = await planLayout(content, signal);
  let size = 0;
  // A chunk is written while the next one is read and checked.
  let sending: Promise<void> | undefined;
  const send = async (chunk: Uint8Array): Promise<void> => {
    if (chunk.length === 0) return;
    await sending;
    signal?.throwIfAborted();
    size += chunk.length;
    sending = sink(chunk) ?? undefined;
    sending?.catch(ignore);
  };
  try {
    await sendAll(files, content, send);
    await sending;
  } catch (error) {
    // Whoever owns the sink may end it when this has ended.
    await Promise.allSettled([sending]);
    throw error;
  }
  return { size };
}

async function sendAll(
  files: readonly LayoutFile[],
  { blobs }: Pick<ImageContent, "blobs">,
  send: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  for (const file of files) {
    if (file.type !== "blob") {
      await send(smallMember(file));
      continue;
    }
    await send(encodeEntryHeader({ type: "file", size: file.size, mode: 0o644, ...common(file.path) }));
    for await (const chunk of sizedBlob(blobs.read(file.digest), file)) await send(chunk);
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
