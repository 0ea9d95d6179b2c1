import type { Cache } from "@oci-build/cache";
import { type Descriptor, type Digest, isOciBuildError, type Platform } from "@oci-build/oci";
import { parseReference, type Reference } from "@oci-build/registry";
import { isUnavailable } from "../base/document-in-store.js";
import { documentsIn, findManifest } from "../base/find-manifest.js";
import { imageFacts } from "./image-facts.js";
import { storedName } from "./open-stored-image.js";

/** An image that has a name in the local store. */
export interface ListedImage {
  /** Undefined for one that another tool put there. */
  readonly name: Reference | undefined;
  /** Of the manifest or index. */
  readonly digest: Digest;
  /** Of the config for the platform; undefined when the store lacks it. */
  readonly id: Digest | undefined;
  /** RFC 3339 */
  readonly created: string | undefined;
  /** Bytes as stored. */
  readonly size: number | undefined;
}

/** The images of the local store, newest first. Of an index the image for a platform is told of. */
export async function listImages(
  cache: Pick<Cache, "blobs" | "images">,
  platform: Platform,
): Promise<readonly ListedImage[]> {
  const images: ListedImage[] = [];
  for (const descriptor of await cache.images()) images.push(await listed(descriptor, cache, platform));
  return images.sort((a, b) => compareTimes(b.created, a.created));
}

async function listed(
  descriptor: Descriptor,
  { blobs }: Pick<Cache, "blobs">,
  platform: Platform,
): Promise<ListedImage> {
  const name = storedName(descriptor);
  const image = { name: name === undefined ? undefined : parseReference(name), digest: descriptor.digest };
  const reference = name ?? descriptor.digest;
  try {
    const found = await findManifest(descriptor, { reference, platform, read: documentsIn(blobs) });
    const { id, config, size } = imageFacts({ reference, ...found, blobs, distance: "near" });
    return { ...image, id, created: config.created, size };
  } catch (error) {
    if (!isUnavailable(error) && !isOther(error)) throw error;
    return { ...image, id: undefined, created: undefined, size: undefined };
  }
}

/** What is for other platforms alone, or is no image, is listed all the same. */
function isOther(error: unknown): boolean {
  return (["BASE_PLATFORM_MISSING", "BASE_IMAGE_INVALID", "OCI_DOCUMENT_INVALID"] as const).some((code) =>
    isOciBuildError(error, code),
  );
}

function compareTimes(a: string | undefined, b: string | undefined): number {
  return (Date.parse(a ?? "") || 0) - (Date.parse(b ?? "") || 0);
}
