import {
  type Descriptor,
  type Digest,
  decodeIndex,
  decodeManifest,
  kindOfMediaType,
  MANIFEST_MAX_BYTES,
} from "@oci-build/oci";
import { ImageIndexStore, imageName } from "../images/image-index-store.js";
import { readBounded } from "../store/read-file.js";
import type { StoreContext } from "../store/store-context.js";
import { digestPath } from "../store/store-paths.js";
import { readOrWarn } from "../store/warn-damage.js";

/** An image that has a name in the store, with the files it is made of: manifests, config, layers and their tables. */
export interface ImageEntry {
  readonly name: string;
  readonly digest: Digest;
  readonly partPaths: readonly string[];
}

/** An index of indexes of manifests; nobody makes more. */
const MANIFEST_MAX_DEPTH = 4;

/** All images that have a name. */
export async function listImages(store: StoreContext): Promise<readonly ImageEntry[]> {
  const images: ImageEntry[] = [];
  const { blobs: folder, segments } = store.paths;
  for (const image of await new ImageIndexStore(store).list()) {
    const blobs = await blobsOf(store, image, MANIFEST_MAX_DEPTH);
    const paths = blobs.flatMap((digest) => [digestPath(folder, digest), digestPath(segments, digest)]);
    images.push({ name: imageName(image), digest: image.digest, partPaths: [...new Set(paths)] });
  }
  return images;
}

async function blobsOf(store: StoreContext, blob: Descriptor, depth: number): Promise<readonly Digest[]> {
  const digests = [blob.digest];
  if (depth === 0) return digests;
  for (const child of await childrenOf(store, blob))
    digests.push(...(await blobsOf(store, child, depth - 1)));
  return digests;
}

/** A manifest that is missing or damaged leads no further, with a warning. */
async function childrenOf(
  store: StoreContext,
  { digest, mediaType }: Descriptor,
): Promise<readonly Descriptor[]> {
  const kind = kindOfMediaType(mediaType);
  if (kind !== "index" && kind !== "manifest") return [];
  const path = digestPath(store.paths.blobs, digest);
  const children = await readOrWarn(store, path, async () => {
    const bytes = await readBounded(path, MANIFEST_MAX_BYTES);
    if (kind === "index") return decodeIndex(bytes).manifests;
    const { config, layers } = decodeManifest(bytes);
    return [config, ...layers];
  });
  return children ?? [];
}
