import { openCache } from "@oci-build/cache";
import { type CheckOptions, parseDockerfile } from "@oci-build/dockerfile";
import { isOciBuildError } from "@oci-build/oci";
import type { RunContext } from "../build-session.js";
import type { DockerfileText } from "../input/read-dockerfile.js";
import { LockedOrigin } from "../lock/locked-origin.js";
import { offlineClient } from "../lock/offline-client.js";
import { readLock } from "../lock/read-lock.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import { imagesOfAllStages } from "../plan/plan-build.js";
import type { BaseImage } from "./base-image.js";
import { imageFacts } from "./image-facts.js";
import { ImageResolver, imageKey, type WantedImage } from "./image-resolver.js";
import { type ImageSources, imageSources } from "./image-sources.js";
import { inParallel } from "./in-parallel.js";
import { RegistryOrigin } from "./registry-origin.js";
import { StoreOrigin } from "./store-origin.js";

/** Where checks learn of images: `store` asks nobody else, and takes what it has, which includes images that a lock file
 * pins; `registry` does as a build does. */
export type ImageKnowledge = "store" | "registry";

/** What is checked, and where its images are looked for. */
export interface ImagesToCheck {
  readonly dockerfile: DockerfileText;
  readonly options: ResolvedOptions;
  readonly knowledge: ImageKnowledge;
}

const IMAGES_AT_ONCE = 8;

/** What a sound Dockerfile's images tell its checks. Of images that are not at hand the store knows nothing; what a
 * registry does not have is an error, as in a build.
 * @throws OciBuildError with the place in `data.place`, those of `ImageResolver.resolve` */
export async function factsOfImages(
  { dockerfile, options, knowledge }: ImagesToCheck,
  run: RunContext,
): Promise<NonNullable<CheckOptions["baseImage"]>> {
  const { stages, ast } = parseDockerfile(dockerfile.text);
  const lock = options.lockUse === "never" ? undefined : readLock(dockerfile);
  const cache = await openCache({
    dir: options.cacheDir,
    signal: run.signal,
    onWarning: ({ code, message }) => run.emit({ type: "warning", code, message }),
  });
  const lease = await cache.lease();
  const sources: Pick<ImageSources, "close" | "origins"> =
    knowledge === "registry"
      ? imageSources(options, { ...run, cache, lock })
      : { origins: storeOrigins(cache, lock), close: () => Promise.resolve() };
  const resolver = new ImageResolver({
    contexts: options.contexts,
    origins: sources.origins,
    emit: run.emit,
  });
  const images = new Map<string, BaseImage>();
  const input = { ...options, dockerfile: stages, escape: ast.escape, images };
  try {
    await findImages(input, { resolver, knowledge, file: dockerfile.label });
    return imageFacts(input);
  } finally {
    await resolver[Symbol.asyncDispose]();
    await sources.close();
    await lease.release();
  }
}

function storeOrigins(
  cache: Awaited<ReturnType<typeof openCache>>,
  lock: ReturnType<typeof readLock>,
): ImageSources["origins"] {
  const origins = [new StoreOrigin(cache, "any"), new RegistryOrigin(offlineClient(), cache.blobs)];
  return lock === undefined ? origins : [new LockedOrigin({ lock, origins, tagDigest: undefined })];
}

interface Search {
  readonly resolver: ImageResolver;
  readonly knowledge: ImageKnowledge;
  readonly file: string;
}

/** Triggers may name more images. */
async function findImages(
  input: Parameters<typeof imagesOfAllStages>[0] & { readonly images: Map<string, BaseImage> },
  { resolver, knowledge, file }: Search,
): Promise<void> {
  const tried = new Set<string>();
  const untried = (): ReturnType<typeof imagesOfAllStages> =>
    imagesOfAllStages(input, file).filter(({ name, platform }) => !tried.has(imageKey(name, platform)));
  for (let needed = untried(); needed.length > 0; needed = untried()) {
    await inParallel(needed, IMAGES_AT_ONCE, async ({ span, ...wanted }) => {
      const key = imageKey(wanted.name, wanted.platform);
      tried.add(key);
      const image = await found(resolver, { ...wanted, place: { file, span } }, knowledge);
      if (image !== undefined) input.images.set(key, image);
    });
  }
}

/** What the errors of a store come to that does not have an image. */
const NOT_AT_HAND = [
  "BASE_IMAGE_MISSING",
  "BASE_PLATFORM_MISSING",
  "BUILD_OFFLINE",
  "LOCK_MISSING_ENTRY",
] as const;

async function found(
  resolver: ImageResolver,
  wanted: WantedImage,
  knowledge: ImageKnowledge,
): Promise<BaseImage | undefined> {
  try {
    return await resolver.resolve(wanted);
  } catch (error) {
    if (knowledge === "store" && NOT_AT_HAND.some((code) => isOciBuildError(error, code))) return undefined;
    throw error;
  }
}
