import type { Digest } from "@oci-build/oci";
import {
  type FetchedBlob,
  type PushReport,
  pushImage,
  type Reference,
  type TransferProgress,
} from "@oci-build/registry";
import type { ImageParts } from "./image-content.js";
import { formatDestination, type ImageDestination } from "./image-destination.js";
import type { ImageSession } from "./image-session.js";
import { storeImage } from "./store-image.js";
import { writeImageFile } from "./write-image-file.js";

/** An image that is where it was to be put. */
export interface PutImage {
  /** Of the index or manifest. */
  readonly digest: Digest;
  /** Of the index or manifest, in bytes. */
  readonly size: number;
  /** A full name of the local store, `docker://NAME`, or a path. */
  readonly destination: string;
  /** Bytes that were sent, stored or written; nothing that was there already. */
  readonly bytes: number;
  /** What became of each config and layer, where the store or a registry got them. */
  readonly blobs: readonly {
    readonly digest: Digest;
    readonly size: number;
    readonly outcome: FetchedBlob["outcome"] | PushReport["blobs"][number]["outcome"];
  }[];
}

/** Where and how an image is put. */
export interface PutOptions {
  readonly session: ImageSession;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** Puts an image somewhere; its documents and layers keep their bytes.
 * @throws OciBuildError those of the source and of the destination */
export async function putImage(
  parts: ImageParts,
  destination: ImageDestination,
  options: PutOptions,
): Promise<PutImage> {
  const { digest, size } = parts.root;
  const told = { digest, size, destination: formatDestination(destination) };
  const { session, onProgress } = options;
  const { signal } = session;
  switch (destination.kind) {
    case "store": {
      const cache = await session.cache();
      const { blobs, bytes } = await storeImage(parts, [destination.name], { cache, signal, onProgress });
      return { ...told, blobs, bytes };
    }
    case "registry": {
      const { blobs, bytesSent } = await push(parts, destination.reference, options);
      return { ...told, blobs, bytes: bytesSent };
    }
    case "file":
      return { ...told, blobs: [], bytes: await writeImageFile(parts, destination, signal) };
  }
}

/** Layers that another repository of the same registry has are mounted from there. */
async function push(
  { root, source, repositories }: ImageParts,
  { registry, repository, tag }: Reference,
  { session, onProgress }: PutOptions,
): Promise<PushReport> {
  const client = await session.registries();
  const beside = repositories.filter(
    (other) => other.registry === registry && other.repository !== repository,
  );
  return pushImage(client.repository({ registry, repository }), {
    blobs: source,
    root,
    tags: tag === undefined ? [] : [tag],
    mountFrom: () => beside.map((other) => other.repository),
    signal: session.signal,
    onProgress,
  });
}
