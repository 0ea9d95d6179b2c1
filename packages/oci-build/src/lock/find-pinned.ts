import type { Platform } from "@oci-build/oci";
import type { FoundImage, ImageOrigin } from "../base/image-origin.js";
import type { LockedImage } from "./locked-image.js";

/** The image of the first origin that knows a name. */
export async function findFirst(
  origins: readonly ImageOrigin[],
  name: string,
  platform: Platform,
): Promise<FoundImage | undefined> {
  for (const origin of origins) {
    const found = await origin.find(name, platform);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The image that an entry pins. It is called as without a lock file, so that what is recorded of it is the same. */
export async function findPinned(
  origins: readonly ImageOrigin[],
  { reference, digest }: Pick<LockedImage, "digest" | "reference">,
  platform: Platform,
): Promise<FoundImage | undefined> {
  const found = await findFirst(origins, `${reference}@${digest}`, platform);
  return found === undefined ? undefined : { ...found, reference };
}
