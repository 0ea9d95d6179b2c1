import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import type { BlobSource, ByteSink } from "../image/blob-source.js";
import type { ImageContent } from "../image/image-content.js";
import { sizedBlob } from "../image/verified-blob.js";
import { type LayoutFile, planLayout } from "../layout/plan-layout.js";
import type { WriteOptions } from "../layout/write-options.js";

/** Writes images as one tar that is an OCI image layout and that `docker load` reads too.
 *
 * Equal content gives equal bytes: names are sorted, times are 0, owners 0:0, modes 0644 and 0755. The sink is not
 * ended. After an error or an abort it holds a part of the archive, which the caller discards.
 * `size` is the bytes written. A blob of 8 GiB or more has its size in base-256, which Docker and GNU tar read.
 * @throws OciBuildError OCI_IMAGE_NAME_INVALID, OCI_BLOB_SIZE_MISMATCH, OCI_CONTENT_LIMIT, OCI_DOCUMENT_INVALID,
 *   what `content.blobs` and `sink` throw, and the signal's reason
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#content */
export async function writeImageArchive(
  content: ImageContent,
  sink: ByteSink,
  { signal }: WriteOptions = {},
): Promise<{ readonly size: number }> {
  const files = await planLayout(content, signal);
  const tar = pack();
  const packing = packAll(tar, files, content.blobs);
  // Its failure reaches us through the tar before anything awaits it.
  packing.catch(ignoreLaterFailure);
  try {
    const size = await drain(tar, sink, signal);
    await packing;
    return { size };
  } finally {
    tar.destroy();
    await packing.catch(ignoreLaterFailure);
  }
}

/** The first failure is already on its way to the caller; the packer's own only says that it was stopped. */
function ignoreLaterFailure(): undefined {
  return undefined;
}

async function drain(tar: Pack, sink: ByteSink, signal: AbortSignal | undefined): Promise<number> {
  let size = 0;
  for await (const chunk of tar as AsyncIterable<Uint8Array>) {
    signal?.throwIfAborted();
    await sink(chunk);
    size += chunk.length;
  }
  return size;
}

async function packAll(tar: Pack, files: readonly LayoutFile[], blobs: BlobSource): Promise<void> {
  try {
    for (const file of files) await packFile(tar, file, blobs);
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}

async function packFile(tar: Pack, file: LayoutFile, blobs: BlobSource): Promise<void> {
  const common = { uid: 0, gid: 0, mtime: new Date(0) };
  if (file.type === "directory") {
    tar.entry({ name: `${file.path}/`, type: "directory", mode: 0o755, ...common });
    return;
  }
  const size = file.type === "document" ? file.bytes.length : file.size;
  const chunks = file.type === "document" ? [file.bytes] : sizedBlob(blobs.read(file.digest), file);
  const entry = tar.entry({ name: file.path, type: "file", mode: 0o644, size, ...common });
  await pipeline(Readable.from(chunks), entry);
}
