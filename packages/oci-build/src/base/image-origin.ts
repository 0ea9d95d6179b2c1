import type { Platform, StoredDocument } from "@oci-build/oci";
import type { RepositoryName } from "@oci-build/registry";
import type { BaseImage } from "./base-image.js";

/** An image's documents as they were found: `root` is an index or the manifest itself. */
export interface FoundImage extends Pick<BaseImage, "blobs" | "distance"> {
  readonly reference: string;
  readonly root: StoredDocument;
  readonly manifest: StoredDocument;
  readonly config: StoredDocument;
  readonly mountFrom?: RepositoryName | undefined;
}

/** Where images come from: a registry, a layout, an archive, the local store. */
export interface ImageOrigin {
  /** The image of a name for a platform, or undefined where this origin does not know the name.
   * @throws OciBuildError BASE_PLATFORM_MISSING, and the errors of the origin */
  find(name: string, platform: Platform): Promise<FoundImage | undefined>;
}
