import { type Cache, keyField, type LoggedStep } from "@oci-build/cache";
import { pinnedName } from "../base/base-image.js";
import { recordImage } from "../base/record-image.js";
import { formatPlatform } from "../plan/global-args.js";
import type { PreparedBuild } from "../prepare-build.js";

/** Records the images that a build uses, and gives them as a log has them: by them the next build knows what has
 * changed, and a prune leaves what they keep. */
export async function recordImages(
  { images }: Pick<PreparedBuild, "images">,
  cache: Pick<Cache, "blobs" | "lookUp" | "record">,
): Promise<readonly LoggedStep[]> {
  const logged: LoggedStep[] = [];
  for (const [index, image] of images.entries()) {
    const { key } = await recordImage(image, cache);
    logged.push({
      id: `image.${index}`,
      stage: undefined,
      name: `FROM ${pinnedName(image)}`,
      key,
      fields: [
        keyField("reference", "string", image.reference),
        keyField("digest", "digest", image.digest),
        keyField("platform", "string", formatPlatform(image.platform)),
        keyField(
          "diff-ids",
          "digest-list",
          image.layers.map(({ diffId }) => diffId),
        ),
      ],
      contentDigest: undefined,
      layers: [],
    });
  }
  return logged;
}
