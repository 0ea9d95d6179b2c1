import type { Digest } from "@oci-build/oci";
import { BaseLayers } from "../base/base-layers.js";
import type { FoundImage } from "../base/image-origin.js";
import { compareEntries } from "../explain/compare-entries.js";
import type { FileChange } from "../explain/file-change.js";
import { type ConfigChange, diffConfigs } from "./diff-config.js";
import type { ImageAccess } from "./image-access.js";
import { imageFacts } from "./image-facts.js";
import { ImageSession } from "./image-session.js";
import { imageEntries } from "./image-tree.js";

/** Which images of those for several platforms are compared. */
export interface DiffImagesOptions extends ImageAccess {
  /** `os/architecture[/variant]`, of both. Default: linux on this machine's architecture. */
  readonly platform?: string | undefined;
}

/** How two images differ. JSON-safe. */
export interface ImageDiff {
  readonly before: DiffedImage;
  readonly after: DiffedImage;
  /** By path. Times never count. */
  readonly files: readonly FileChange[];
  /** By name. */
  readonly config: readonly ConfigChange[];
}

/** One of the images compared; `digest` is its manifest's. */
export interface DiffedImage {
  readonly reference: string;
  readonly digest: Digest;
}

/** Compares the files and the config of two images, wherever they are (see `openImage`). Nothing is unpacked: layers are
 * read for what they hold, unless that is known from before, and kept in the cache for an hour.
 * @throws OciBuildError as `openImage`, BASE_PLATFORM_MISSING, BASE_IMAGE_INVALID, BASE_LAYER_MISMATCH */
export async function diffImages(
  before: string,
  after: string,
  options: DiffImagesOptions = {},
): Promise<ImageDiff> {
  await using session = new ImageSession(options);
  return await diffWithin(session, { before, after, platform: options.platform });
}

/** As `diffImages`, with a session that is open. */
export async function diffWithin(
  session: ImageSession,
  names: { readonly before: string; readonly after: string; readonly platform: string | undefined },
): Promise<ImageDiff> {
  const platform = session.platform(names.platform);
  await using before = await session.open(names.before);
  await using after = await session.open(names.after);
  const [old, now] = [await before.forPlatform(platform), await after.forPlatform(platform)];
  const cache = await session.cache();
  const layers = new BaseLayers({ cache, emit: session.emit, signal: session.signal });
  return {
    before: diffedImage(old),
    after: diffedImage(now),
    files: compareEntries(await imageEntries(old, layers), await imageEntries(now, layers)),
    config: diffConfigs(imageFacts(old).config, imageFacts(now).config),
  };
}

function diffedImage({ reference, manifest }: FoundImage): DiffedImage {
  return { reference, digest: manifest.descriptor.digest };
}
