import type { Cache } from "@oci-build/cache";
import type { Descriptor, StoredDocument } from "@oci-build/oci";
import { type FetchedBlob, fetchBlobs, type TransferProgress } from "@oci-build/registry";
import type { ImageParts } from "./image-content.js";
import { storedName } from "./open-stored-image.js";

/** How an image is put into the local store. */
export interface StoreOptions {
  readonly cache: Pick<Cache, "blobs" | "images" | "tagImage">;
  readonly signal: AbortSignal | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** An image that the local store has. */
export interface StoredImage {
  /** What became of its configs and layers. */
  readonly blobs: readonly FetchedBlob[];
  /** Of what the store did not have, documents included. */
  readonly bytes: number;
  /** `already`: all its names stood for it. */
  readonly naming: "named" | "already";
}

/** Puts an image into the local store, with all that it consists of, and gives it names. Those come last, so that
 * nothing is named that is not whole.
 * @throws OciBuildError those of the source and of the store */
export async function storeImage(
  { root, documents, blobs, source, repositories }: Omit<ImageParts, "names">,
  names: readonly string[],
  { cache, signal, onProgress }: StoreOptions,
): Promise<StoredImage> {
  const [repository = { registry: "", repository: names.join(", ") }] = repositories;
  const from = { name: repository, read: source.read.bind(source) };
  const stored = await fetchBlobs(from, blobs, { sink: cache.blobs, signal, onProgress });
  const fetched = stored.flatMap(({ outcome, size }) => (outcome === "fetched" ? [size] : []));
  for (const document of documents) fetched.push(await storeDocument(document, cache));
  const bytes = fetched.reduce((sum, size) => sum + size, 0);
  return { blobs: stored, bytes, naming: await nameImage(root, names, cache) };
}

/** Gives the bytes that the store did not have. */
async function storeDocument(
  { descriptor, bytes }: StoredDocument,
  { blobs }: Pick<Cache, "blobs">,
): Promise<number> {
  if ((await blobs.size(descriptor.digest)) === descriptor.size) return 0;
  await using writer = await blobs.writer();
  await writer.write(bytes);
  await writer.commit(descriptor.digest);
  return bytes.length;
}

async function nameImage(
  image: Descriptor,
  names: readonly string[],
  cache: StoreOptions["cache"],
): Promise<"named" | "already"> {
  const images = await cache.images();
  const missing = names.filter(
    (name) => !images.some((known) => storedName(known) === name && known.digest === image.digest),
  );
  for (const name of missing) await cache.tagImage(name, image);
  return missing.length === 0 ? "already" : "named";
}
