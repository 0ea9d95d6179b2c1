import { type Digest, decodeConfig, decodeIndex, kindOfMediaType } from "@oci-build/oci";
import type { FoundImage } from "../base/image-origin.js";
import { formatPlatform } from "../plan/global-args.js";
import type { LockedImage } from "./locked-image.js";
import { isPlatformName } from "./platform-name.js";

/** Of an image with more, the first are told; official ones have a dozen. */
const PLATFORMS_MAX = 100;

/** What a lock file says of an image that was found. It depends on the image's index alone, not on the platform that
 * was asked for, so that a lock is the same wherever it is made. */
export function imageEntry(
  reference: string,
  { root, manifest, config }: Pick<FoundImage, "config" | "manifest" | "root">,
): LockedImage {
  const { digest, mediaType } = root.descriptor;
  const isIndex = kindOfMediaType(mediaType) === "index";
  const platforms = isIndex
    ? platformsOf(root.bytes, reference)
    : { [formatPlatform(decodeConfig(config.bytes, `config of ${reference}`))]: manifest.descriptor.digest };
  return { reference, digest, mediaType, platforms: named(platforms) };
}

/** Of two manifests for one platform the first, as where one is chosen. */
function platformsOf(bytes: Buffer, reference: string): Record<string, Digest> {
  const platforms: Record<string, Digest> = {};
  for (const { platform, digest, mediaType } of decodeIndex(bytes, `index of ${reference}`).manifests) {
    if (platform === undefined || kindOfMediaType(mediaType) !== "manifest") continue;
    const name = formatPlatform(platform);
    if (platform.os !== "unknown" && !Object.hasOwn(platforms, name)) platforms[name] = digest;
  }
  return platforms;
}

function named(platforms: Readonly<Record<string, Digest>>): Record<string, Digest> {
  const known = Object.entries(platforms).filter(([name]) => isPlatformName(name));
  return Object.fromEntries(known.slice(0, PLATFORMS_MAX));
}
