import type { ImageAccess } from "./image-access.js";
import { ImageSession } from "./image-session.js";
import type { OpenedImage } from "./opened-image.js";

/** Opens an image wherever it is: by name in the local store, else in its registry; `docker://NAME` in its registry;
 * `oci-layout://FOLDER[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:NAME]`, or a path. Reads its root
 * document and no layer.
 *
 * Whoever opens it disposes of it; what it gave cannot be read afterwards.
 * @throws OciBuildError IMAGE_MISSING, IMAGE_LOCATION_INVALID, IMAGE_AMBIGUOUS, REGISTRY_MANIFEST_MISSING and those of the
 *   place where it is */
export async function openImage(name: string, access: ImageAccess = {}): Promise<OpenedImage> {
  const session = new ImageSession(access);
  try {
    const image = await session.open(name);
    return {
      ...image,
      async [Symbol.asyncDispose]() {
        await image[Symbol.asyncDispose]();
        await session[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}
