import type { BlobStore } from "@oci-build/cache";
import {
  type ByteRange,
  type Digest,
  encodeJson,
  type ImageIndex,
  type ImageSource,
  isOciBuildError,
  type LayoutFiles,
  MANIFEST_MAX_BYTES,
  parseDigest,
} from "@oci-build/oci";
import type { Repository } from "@oci-build/registry";
import type { OpenedImage } from "./opened-image.js";

/** Reads a blob's bytes as they are, unverified. */
type ReadBytes = (digest: Digest, range?: ByteRange) => AsyncIterable<Uint8Array>;

/** What a validator asks of a place. */
interface RawBlobs {
  size(digest: Digest): Promise<number | undefined>;
  readonly read: ReadBytes;
}

const BLOB_PATH = /^blobs\/sha256\/([0-9a-f]{64})$/;

/** One image as a layout of its own, so that it can be validated without its neighbours. */
export function layoutOf({ root }: OpenedImage, blobs: RawBlobs): ImageSource {
  const { mediaType, digest, size, platform } = root.descriptor;
  const index: ImageIndex = { schemaVersion: 2, manifests: [{ mediaType, digest, size, platform }] };
  const documents = new Map([
    ["index.json", encodeJson(index)],
    ["oci-layout", encodeJson({ imageLayoutVersion: "1.0.0" })],
  ]);
  const files = layoutFiles(documents, blobs);
  return {
    kind: "oci-layout",
    files,
    index: () => Promise.resolve(index),
    size: (wanted) => blobs.size(wanted),
    read: (wanted, range) => blobs.read(wanted, range),
    close: () => files.close(),
    [Symbol.asyncDispose]: () => files.close(),
  };
}

/** The blobs of a folder or an archive. */
export function fileBlobs({ files }: Pick<ImageSource, "files">): RawBlobs {
  const pathOf = (digest: Digest): string => `blobs/sha256/${digest.slice("sha256:".length)}`;
  return {
    size: (digest) => files.size(pathOf(digest)),
    read: (digest, range) => files.read(pathOf(digest), range),
  };
}

/** The blobs of a repository, manifests among them. A layer is read more than once, so what was read in whole and is as
 * its digest says is kept in the store, from where it goes with the next prune after an hour. */
export function remoteBlobs(repository: Repository, store: BlobStore, signal?: AbortSignal): RawBlobs {
  const documents = new Map<Digest, Buffer | undefined>();
  const document = async (digest: Digest): Promise<Buffer | undefined> => {
    if (!documents.has(digest)) documents.set(digest, await readManifest(repository, digest, signal));
    return documents.get(digest);
  };
  const sizes = new Map<Digest, Promise<number | undefined>>();
  const remoteSize = (digest: Digest): Promise<number | undefined> => {
    const asked = sizes.get(digest) ?? repository.size(digest, { signal });
    sizes.set(digest, asked);
    return asked;
  };
  return {
    async size(digest) {
      const known = documents.get(digest)?.length ?? (await store.size(digest)) ?? (await remoteSize(digest));
      return known ?? (await document(digest))?.length;
    },
    async *read(digest, range) {
      const known = documents.get(digest);
      if (known !== undefined) yield part(known, range);
      else if ((await store.size(digest)) !== undefined) yield* store.read(digest, range);
      else if ((await remoteSize(digest)) === undefined)
        yield part((await document(digest)) ?? Buffer.alloc(0), range);
      else if (range !== undefined) yield* repository.read(digest, range, { signal });
      else
        yield* keptIfRight(repository.read(digest, undefined, { signal, verify: "reader" }), digest, store);
    },
  };
}

function layoutFiles(documents: ReadonlyMap<string, Buffer>, blobs: RawBlobs): LayoutFiles {
  const digestIn = (path: string): Digest | undefined => {
    const hex = BLOB_PATH.exec(path)?.[1];
    return hex === undefined ? undefined : parseDigest(`sha256:${hex}`);
  };
  return {
    duplicates: [],
    async size(path) {
      const digest = digestIn(path);
      return digest === undefined ? documents.get(path)?.length : blobs.size(digest);
    },
    async *read(path, range) {
      const digest = digestIn(path);
      if (digest === undefined) yield part(documents.get(path) ?? Buffer.alloc(0), range);
      else yield* blobs.read(digest, range);
    },
    close: () => Promise.resolve(),
  };
}

function part(bytes: Buffer, range: ByteRange | undefined): Buffer {
  const from = range?.offset ?? 0;
  return bytes.subarray(from, range?.length === undefined ? undefined : from + range.length);
}

async function readManifest(
  repository: Repository,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  try {
    const { bytes } = await repository.manifest(digest, { signal });
    return bytes.length > MANIFEST_MAX_BYTES ? undefined : bytes;
  } catch (error) {
    if (isOciBuildError(error, "REGISTRY_MANIFEST_MISSING")) return undefined;
    throw error;
  }
}

async function* keptIfRight(
  chunks: AsyncIterable<Uint8Array>,
  digest: Digest,
  store: BlobStore,
): AsyncGenerator<Uint8Array> {
  await using writer = await store.writer();
  for await (const chunk of chunks) {
    await writer.write(chunk);
    yield chunk;
  }
  if (writer.digest() === digest) await writer.commit(digest);
}
