import { parseReference, type TransferProgress } from "@oci-build/registry";
import { buildError } from "../errors.js";
import { imageParts } from "./image-content.js";
import { type ImageDestination, parseDestination } from "./image-destination.js";
import type { ImageSession } from "./image-session.js";
import type { OpenedImage } from "./opened-image.js";
import { type PutImage, putImage } from "./put-image.js";

/** What to push. */
export interface PushRequest {
  readonly name: string;
  /** Default: the image's own name. */
  readonly destination: string | undefined;
  /** Default: all that the name stands for. */
  readonly platform: string | undefined;
  readonly onTarget?: ((target: RegistryDestination) => void) | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

export type RegistryDestination = Extract<ImageDestination, { kind: "registry" }>;

/** Puts an image of the local store, or of a file, into a registry.
 * @throws OciBuildError IMAGE_MISSING, IMAGE_LOCATION_INVALID and those of registries */
export async function pushStoredImage(
  session: ImageSession,
  { name, destination, platform, onTarget, onProgress }: PushRequest,
): Promise<PutImage> {
  await using image = await session.open(name, "store");
  const target = parseDestination(destination ?? ownName(image, name), "registry");
  if (target.kind !== "registry") throw invalid(destination ?? name, "only a registry can be pushed to");
  onTarget?.(target);
  const parts = await imageParts(image, platform === undefined ? "all" : session.platform(platform));
  return await putImage(parts, target, { session, onProgress });
}

/** @throws OciBuildError IMAGE_LOCATION_INVALID when nothing says where to push */
function ownName({ origin, reference, names }: OpenedImage, name: string): string {
  if (origin === "store" && !reference.startsWith("sha256:") && !isDigested(reference)) return reference;
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  throw invalid(name, only === undefined ? "it has no name to push it to" : "it has several names");
}

function isDigested(reference: string): boolean {
  return parseReference(reference).digest !== undefined;
}

function invalid(location: string, problem: string): Error {
  return buildError("IMAGE_LOCATION_INVALID", {
    message: `${location}: ${problem}`,
    data: { location, problem },
    hint: "Write oci-build push IMAGE REGISTRY/NAME:TAG, or use oci-build copy for files.",
  });
}
