import { type Cache, keyField, type LoggedStep } from "@oci-build/cache";
import type { Digest } from "@oci-build/oci";
import { type BaseImage, pinnedName } from "../base/base-image.js";
import { recordImage } from "../base/record-image.js";
import { formatPlatform } from "../plan/global-args.js";
import type { PreparedBuild } from "../prepare-build.js";
import { stageLabel } from "./planned-steps.js";

/** What a log says of a stage's base image. */
export interface LoggedBase {
  readonly name: string;
  readonly digest: Digest;
  readonly diffIds: readonly string[];
}

/** Records the images that a build uses, and gives them as a log has them: by them the next build knows what has
 * changed, and a prune leaves what they keep. Stages' bases come first. */
export async function recordImages(
  { images, plan }: Pick<PreparedBuild, "images" | "plan">,
  cache: Pick<Cache, "blobs" | "lookUp" | "record">,
): Promise<readonly LoggedStep[]> {
  const logged: LoggedStep[] = [];
  const recorded = new Set<BaseImage>();
  for (const stage of plan.stages) {
    if (stage.base.kind !== "image") continue;
    const { id, image } = stage.base.from;
    recorded.add(image);
    logged.push(await loggedImage(image, { id, stage: stageLabel(stage) }, cache));
  }
  for (const [index, image] of images.entries()) {
    if (recorded.has(image)) continue;
    logged.push(await loggedImage(image, { id: `image.${index}`, stage: undefined }, cache));
  }
  return logged;
}

/** The base image that a stage of a logged build stood on. */
export function loggedBase(steps: readonly LoggedStep[], stage: string): LoggedBase | undefined {
  for (const { stage: own, fields } of steps) {
    if (own !== stage) continue;
    const byName = new Map(fields.map((field) => [field.name, field]));
    const [name, digest, diffIds] = [byName.get("reference"), byName.get("digest"), byName.get("diff-ids")];
    if (name?.kind !== "string" || digest?.kind !== "digest" || diffIds?.kind !== "digest-list") continue;
    return { name: name.value, digest: digest.value as Digest, diffIds: diffIds.value };
  }
  return undefined;
}

async function loggedImage(
  image: BaseImage,
  named: Pick<LoggedStep, "id" | "stage">,
  cache: Parameters<typeof recordImage>[1],
): Promise<LoggedStep> {
  const { key } = await recordImage(image, cache);
  return {
    ...named,
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
  };
}
