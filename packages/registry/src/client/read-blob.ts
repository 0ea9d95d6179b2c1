import { createHash } from "node:crypto";
import type { ByteRange, Digest } from "@oci-build/oci";
import { BlobDownload } from "./blob-download.js";
import { digestMismatch } from "./registry-failures.js";
import type { ReadBlobOptions } from "./repository.js";
import type { RepositoryContext } from "./repository-context.js";

/** A blob or a part of one, resumed where the connection broke. A whole one is verified. */
export function readBlob(
  context: RepositoryContext,
  digest: Digest,
  range: ByteRange | undefined,
  options: ReadBlobOptions = {},
): AsyncIterable<Uint8Array> {
  const { size, mirrors, signal } = options;
  const download = new BlobDownload(context, { digest, range, size, mirrors, signal });
  const isWhole = range === undefined || (range.offset === 0 && range.length === undefined);
  return isWhole && options.verify !== "reader" ? verified(context, digest, download) : download.chunks();
}

async function* verified(
  context: RepositoryContext,
  digest: Digest,
  download: BlobDownload,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of download.chunks()) {
    hash.update(chunk);
    yield chunk;
  }
  const found = `sha256:${hash.digest("hex")}`;
  if (found !== digest) throw digestMismatch(context.name, digest, found);
}
