import type { TransferProgress } from "@oci-build/registry";
import type { ImageAccess } from "./image-access.js";
import { imageParts } from "./image-content.js";
import { type ImageDestination, parseDestination } from "./image-destination.js";
import { ImageSession, type NameLookUp } from "./image-session.js";
import { type PutImage, putImage } from "./put-image.js";

/** What to copy of an image for several platforms, and how. */
export interface CopyImageOptions extends ImageAccess {
  /** `os/architecture[/variant]`. Default: linux on this machine's architecture. Not with `all`. */
  readonly platform?: string | undefined;
  /** Copies all platforms of an index, and the index. Default: the image for `platform` alone. */
  readonly all?: boolean | undefined;
  /** Told of bytes as they go, to the local store or a registry. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** Copies an image from wherever it is (see `openImage`) to another place. A bare name as destination is one of the
 * local store; `docker://NAME` pushes; `oci-layout://FOLDER[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:NAME]`
 * and paths are written.
 *
 * Manifests, configs and layers are copied byte for byte, so digests stay. What is written is whole or untouched, and a
 * tag is given last.
 * @throws OciBuildError as `openImage`, BASE_PLATFORM_MISSING, and those of the destination */
export async function copyImage(
  source: string,
  destination: string,
  options: CopyImageOptions = {},
): Promise<PutImage> {
  const target = parseDestination(destination, "store");
  await using session = new ImageSession(options);
  return await copyWithin(session, { ...options, source, target });
}

/** A copy within a session. */
export interface SessionCopy extends Pick<CopyImageOptions, "all" | "onProgress" | "platform"> {
  readonly source: string;
  readonly target: ImageDestination;
  readonly lookUp?: NameLookUp | undefined;
}

/** As `copyImage`, with a session that is open. */
export async function copyWithin(
  session: ImageSession,
  { source, target, lookUp, all, platform, onProgress }: SessionCopy,
): Promise<PutImage> {
  await using image = await session.open(source, lookUp);
  const parts = await imageParts(image, all === true ? "all" : session.platform(platform));
  return await putImage(parts, target, { session, onProgress });
}
