import { openCache } from "@oci-build/cache";
import type { BaseImage } from "../base/base-image.js";
import { ImageResolver, imageKey } from "../base/image-resolver.js";
import { imageSources } from "../base/image-sources.js";
import { inParallel } from "../base/in-parallel.js";
import type { RunContext } from "../build-session.js";
import { checkOptions } from "../input/check-options.js";
import { parseInput } from "../input/parse-input.js";
import type { DockerfileText } from "../input/read-dockerfile.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import { imagesOfAllStages } from "../plan/plan-build.js";
import { folderRemover } from "../solve/remove-folder.js";
import type { LockedImages } from "./locked-image.js";
import { OnceOrigin } from "./once-origin.js";

/** How many images are looked for at once. */
const IMAGES_AT_ONCE = 8;

/** The images of a Dockerfile as one or several builds name them. */
export interface ImagesToResolve {
  readonly dockerfile: DockerfileText;
  /** One for each platform, alike in all else. */
  readonly builds: readonly [ResolvedOptions, ...ResolvedOptions[]];
  /** The entries that are not resolved anew. */
  readonly kept: LockedImages;
}

/** The entries of all images that any stage of a Dockerfile names, ONBUILD triggers of other images included. What
 * needs no entry is left out: names with digests, and contexts that are files. */
export async function resolveImages(
  { dockerfile, builds, kept }: ImagesToResolve,
  run: RunContext,
): Promise<LockedImages> {
  const [first] = builds;
  const cache = await openCache({
    dir: first.cacheDir,
    signal: run.signal,
    removeFolder: folderRemover(first.env),
    onWarning: ({ code, message }) => run.emit({ type: "warning", code, message }),
  });
  const lease = await cache.lease();
  const sources = imageSources(first, { ...run, cache, lock: undefined });
  const origin = new OnceOrigin(sources.origins, kept);
  const resolver = new ImageResolver({ contexts: first.contexts, origins: [origin], emit: run.emit });
  try {
    for (const options of builds) await resolveNamed(dockerfile, options, resolver);
    return origin.entries();
  } finally {
    await resolver[Symbol.asyncDispose]();
    await sources.close();
    await lease.release();
  }
}

/** Triggers may name more images, and those have triggers of their own. */
async function resolveNamed(
  dockerfile: DockerfileText,
  options: ResolvedOptions,
  resolver: ImageResolver,
): Promise<void> {
  const { warnings: _, ...parsed } = parseInput(dockerfile, checkOptions(options, undefined));
  const images = new Map<string, BaseImage>();
  const { label: file } = dockerfile;
  const input = { ...options, ...parsed, images };
  for (;;) {
    const needed = imagesOfAllStages(input, file);
    if (needed.length === 0) return;
    await inParallel(needed, IMAGES_AT_ONCE, async ({ span, ...wanted }) => {
      const image = await resolver.resolve({ ...wanted, place: { file, span } });
      images.set(imageKey(wanted.name, wanted.platform), image);
    });
  }
}
