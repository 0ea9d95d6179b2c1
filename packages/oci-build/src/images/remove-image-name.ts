import type { Cache } from "@oci-build/cache";
import { familiarName, formatReference, parseReference } from "@oci-build/registry";
import { buildError } from "../errors.js";
import { mayBeId, parseImageLocation, withTag } from "./image-location.js";
import { missingImage } from "./missing-image.js";
import { openStoredId, storedName } from "./open-stored-image.js";

/** Takes a name of the local store away, or the only name of the image with an ID. Gives what was taken away, as Docker
 * shows it.
 * @throws OciBuildError IMAGE_MISSING, IMAGE_AMBIGUOUS when the image has several names, IMAGE_LOCATION_INVALID */
export async function removeImageName(
  cache: Pick<Cache, "blobs" | "images" | "untagImage">,
  text: string,
): Promise<readonly string[]> {
  const location = parseImageLocation(text);
  if (location.kind === "file" || location.kind === "registry") throw notStored(text);
  const names = (await cache.images()).flatMap((image) => storedName(image) ?? []);
  const full = location.kind === "name" ? formatReference(withTag(location.reference)) : undefined;
  if (full !== undefined && names.includes(full)) return untag(cache, full);
  const image = mayBeId(text) || location.kind === "id" ? await openStoredId(text, cache) : undefined;
  const [only, ...others] = image?.names ?? [];
  if (image === undefined || only === undefined) {
    throw missingImage(full ?? text, { problem: "the local store does not have it" });
  }
  if (others.length === 0) return untag(cache, only);
  const shown = image.names.map(shownName);
  throw buildError("IMAGE_AMBIGUOUS", {
    message: `the image ${text} has several names: ${shown.join(", ")}`,
    data: { id: text, names: shown },
    hint: "Name the one that is to go.",
  });
}

async function untag(cache: Pick<Cache, "untagImage">, name: string): Promise<readonly string[]> {
  await cache.untagImage(name);
  return [shownName(name)];
}

function shownName(name: string): string {
  return familiarName(parseReference(name));
}

function notStored(location: string): Error {
  const problem = "it is not in the local store";
  return buildError("IMAGE_LOCATION_INVALID", {
    message: `${location}: ${problem}`,
    data: { location, problem },
    hint: "Write the name or ID of an image that oci-build images lists.",
  });
}
