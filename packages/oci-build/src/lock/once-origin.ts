import type { Platform } from "@oci-build/oci";
import type { FoundImage, ImageOrigin } from "../base/image-origin.js";
import { findFirst, findPinned } from "./find-pinned.js";
import { imageEntry } from "./image-entry.js";
import { type LockedImage, type LockedImages, lockedName } from "./locked-image.js";

/** Finds images for entries of a lock file: what a tag stands for is asked once, whatever the platforms are, so that all
 * of an entry is of one moment. Names that have an entry already are found by it. */
export class OnceOrigin implements ImageOrigin {
  readonly #origins: readonly ImageOrigin[];
  readonly #kept: LockedImages;
  readonly #first = new Map<string, Promise<FoundImage | undefined>>();
  readonly #entries = new Map<string, LockedImage>();

  constructor(origins: readonly ImageOrigin[], kept: LockedImages) {
    this.#origins = origins;
    this.#kept = kept;
  }

  async find(name: string, platform: Platform): Promise<FoundImage | undefined> {
    const reference = lockedName(name);
    if (reference === undefined) return findFirst(this.#origins, name, platform);
    const known = this.#first.get(reference);
    const found =
      known === undefined
        ? await this.#findFirst(reference, platform)
        : await this.#findAgain(reference, await known, platform);
    if (found !== undefined) this.#entries.set(reference, imageEntry(reference, found));
    return found;
  }

  /** The entries of all that was found. */
  entries(): LockedImages {
    return this.#entries;
  }

  #findFirst(reference: string, platform: Platform): Promise<FoundImage | undefined> {
    const kept = this.#kept.get(reference);
    const finding =
      kept === undefined
        ? findFirst(this.#origins, reference, platform)
        : findPinned(this.#origins, kept, platform);
    this.#first.set(reference, finding);
    return finding;
  }

  async #findAgain(
    reference: string,
    first: FoundImage | undefined,
    platform: Platform,
  ): Promise<FoundImage | undefined> {
    if (first === undefined) return undefined;
    return findPinned(this.#origins, { reference, digest: first.root.descriptor.digest }, platform);
  }
}
