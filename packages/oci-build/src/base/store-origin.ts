import type { Cache } from "@oci-build/cache";
import { choosePlatform, decodeConfig, type Platform } from "@oci-build/oci";
import { formatReference, parseReference } from "@oci-build/registry";
import { isUnavailable } from "./document-in-store.js";
import { documentsIn, type FoundDocuments, findManifest, platformMissing } from "./find-manifest.js";
import type { FoundImage, ImageOrigin } from "./image-origin.js";

const NAME = "org.opencontainers.image.ref.name";

/** What becomes of an image that the store has for other platforms alone: `first`, another origin is asked; `only`, there
 * is none, and it is an error; `any`, it is taken, for who wants to know of it. */
export type StoreRank = "any" | "first" | "only";

/** The images that have a name in the local store. */
export class StoreOrigin implements ImageOrigin {
  readonly #cache: Pick<Cache, "blobs" | "images">;
  readonly #rank: StoreRank;

  constructor(cache: Pick<Cache, "blobs" | "images">, rank: StoreRank) {
    this.#cache = cache;
    this.#rank = rank;
  }

  /** An image of which the store has lost a document counts as unknown, and so does the manifest of a platform that does
   * not run on the wanted one: of an image for several, the store names the one that was pulled last.
   * @throws OciBuildError BASE_PLATFORM_MISSING where the store is the only origin, and as `findManifest` */
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
      const own = platformOf(found, reference);
      if (this.#rank === "any") return { reference, ...found, blobs, distance: "near" };
      if (choosePlatform([{ ...found.manifest.descriptor, platform: own }], platform) === undefined) {
        if (this.#rank === "first") return undefined;
        throw platformMissing(`${reference} in the local store`, platform, [own]);
      }
      return { reference, ...found, blobs, distance: "near" };
    } catch (error) {
      if (isUnavailable(error)) return undefined;
      throw error;
    }
  }
}

function platformOf({ config }: FoundDocuments, reference: string): Platform {
  const { architecture, os, variant, ...rest } = decodeConfig(config.bytes, `config of ${reference}`);
  return { architecture, os, variant, "os.version": rest["os.version"] };
}
