import { type Mismatch, openImageLayout, validateImage } from "@oci-build/oci";
import { formatLocation, parseImageLocation } from "./image-location.js";
import type { ImageSession } from "./image-session.js";
import { openImageFile } from "./open-file-image.js";
import type { OpenedImage } from "./opened-image.js";
import { fileBlobs, layoutOf, remoteBlobs } from "./validated-source.js";

/** What was validated, and all that is wrong with it. */
export interface ValidatedImage {
  readonly reference: string;
  /** Empty for a sound image. */
  readonly mismatches: readonly Mismatch[];
}

/** Recomputes all that an image states about itself, wherever it is: see `validateImage` of @oci-build/oci. Of an index
 * all platforms are checked; of a file without a tag all its images.
 * @throws OciBuildError as `ImageSession.open`, and those of reading */
export async function validateNamed(session: ImageSession, name: string): Promise<ValidatedImage> {
  const location = parseImageLocation(name);
  const { signal } = session;
  if (location.kind === "file" && location.target === undefined) {
    await using source = await openImageFile(location);
    return { reference: formatLocation(location), mismatches: await validateImage(source, { signal }) };
  }
  await using image = await session.open(name);
  const { reference } = image;
  if (location.kind === "file") {
    await using source = await openImageFile(location);
    // What docker save wrote before it wrote layouts has no manifests of its own: it is checked as a whole.
    const checked = source.kind === "docker-archive" ? source : layoutOf(image, fileBlobs(source));
    return { reference, mismatches: await validateImage(checked, { signal }) };
  }
  if (image.repository === undefined) {
    await using source = await openImageLayout((await session.cache()).root);
    return { reference, mismatches: await validateImage(layoutOf(image, fileBlobs(source)), { signal }) };
  }
  return { reference, mismatches: await validateRemote(session, image) };
}

async function validateRemote(session: ImageSession, image: OpenedImage): Promise<readonly Mismatch[]> {
  const { repository } = image;
  if (repository === undefined) throw new TypeError("the image is of no registry");
  const client = await session.registries();
  const { blobs } = await session.cache();
  const source = layoutOf(image, remoteBlobs(client.repository(repository), blobs, session.signal));
  return validateImage(source, { signal: session.signal });
}
