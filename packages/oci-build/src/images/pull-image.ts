import type { Digest } from "@oci-build/oci";
import { formatReference, type TransferProgress } from "@oci-build/registry";
import { buildError } from "../errors.js";
import { imageParts } from "./image-content.js";
import { parseImageLocation, withTag } from "./image-location.js";
import type { ImageSession } from "./image-session.js";
import { storedName } from "./open-stored-image.js";
import { type PutImage, putImage } from "./put-image.js";

/** What to pull. */
export interface PullRequest {
  readonly name: string;
  readonly platform: string | undefined;
  /** Pulls all platforms of an index, and the index. */
  readonly all: boolean;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** An image that the local store has now. */
export interface PulledImage extends PutImage {
  /** In full. */
  readonly name: string;
  /** What the name stands for in the registry: the index, where there is one. */
  readonly registryDigest: Digest;
  /** `unchanged`: the store had all of it, and nothing else by this name. */
  readonly outcome: "pulled" | "unchanged";
}

/** Fetches an image from its registry into the local store, whatever the store has under its name.
 * Differs: of an image for several platforms the store names the manifest for one, so that it is whole; Docker names the
 * index, most of which it does not have. */
export async function pullImage(
  session: ImageSession,
  { name, platform, all, onProgress }: PullRequest,
): Promise<PulledImage> {
  const location = parseImageLocation(name);
  if (location.kind !== "name" && location.kind !== "registry") throw notInRegistry(name);
  const full = formatReference(withTag(location.reference));
  await using image = await session.open(name, "registry");
  const parts = await imageParts(image, all ? "all" : session.platform(platform));
  const known = (await (await session.cache()).images()).find((stored) => storedName(stored) === full);
  const put = await putImage(parts, { kind: "store", name: full }, { session, onProgress });
  const isOther = known !== undefined && known.digest !== put.digest;
  const outcome = put.bytes === 0 && !isOther ? "unchanged" : "pulled";
  return { ...put, name: full, registryDigest: image.root.descriptor.digest, outcome };
}

function notInRegistry(location: string): Error {
  const problem = "only what is in a registry can be pulled";
  return buildError("IMAGE_LOCATION_INVALID", {
    message: `${location}: ${problem}`,
    data: { location, problem },
    hint: "Use oci-build copy for files.",
  });
}
