import type { Cache } from "@oci-build/cache";
import type { Platform } from "@oci-build/oci";
import { formatReference, parseReference } from "@oci-build/registry";
import { isUnavailable } from "./document-in-store.js";
import { documentsIn, findManifest } from "./find-manifest.js";
import type { FoundImage, ImageOrigin } from "./image-origin.js";

const NAME = "org.opencontainers.image.ref.name";

/** The images that have a name in the local store. */
export class StoreOrigin implements ImageOrigin {
  readonly #cache: Pick<Cache, "blobs" | "images">;

  constructor(cache: Pick<Cache, "blobs" | "images">) {
    this.#cache = cache;
  }

  /** An image of which the store has lost a document counts as unknown. */
  async find(name: string, platform: Platform): Promise<FoundImage | undefined> {
    const parsed = parseReference(name);
    if (parsed.digest !== undefined) return undefined;
    const reference = formatReference({ ...parsed, tag: parsed.tag ?? "latest" });
    const descriptor = (await this.#cache.images()).find(
      ({ annotations }) => annotations?.[NAME] === reference,
    );
    if (descriptor === undefined) return undefined;
    const { blobs } = this.#cache;
    try {
      const found = await findManifest(descriptor, { reference, read: documentsIn(blobs), platform });
      return { reference, ...found, blobs, distance: "near" };
    } catch (error) {
      if (isUnavailable(error)) return undefined;
      throw error;
    }
  }
}
