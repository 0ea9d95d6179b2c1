import { type Annotations, type AssembledImage, assembleImage, type ImageConfig } from "@oci-build/oci";
import type { BaseImage } from "../base/base-image.js";
import { buildError } from "../errors.js";
import { BASE_DIGEST, BASE_NAME, baseAnnotations } from "../image/base-annotations.js";
import { formatPlatform } from "../plan/global-args.js";
import { platformOf } from "./image-content.js";
import { mergeConfigs } from "./merge-config.js";
import { rebasedHistory } from "./rebased-history.js";

/** What a rebase is made of. */
export interface RebaseParts {
  readonly image: BaseImage;
  readonly oldBase: BaseImage;
  readonly newBase: BaseImage;
  /** In full; undefined for a file, whose name means nothing elsewhere. */
  readonly newBaseName: string | undefined;
  /** Of the image's manifest. */
  readonly annotations: Annotations | undefined;
}

/** The config and manifest of an image on another base. Its own layers stay as they are, above the new base's.
 * @throws OciBuildError IMAGE_BASE_MISMATCH when it does not stand on the old base, or the new one is for another platform */
export function rebaseDocuments(parts: RebaseParts): AssembledImage {
  const { image, oldBase, newBase, annotations } = parts;
  checkBelow(image, oldBase);
  checkPlatform(image, newBase);
  const layers = [...newBase.layers, ...image.layers.slice(oldBase.layers.length)];
  const { config: _, rootfs, history, created, ...kept } = image.config;
  const config: ImageConfig = {
    ...kept,
    created: laterTime(created, newBase.config.created),
    config: mergeConfigs({
      image: image.config.config ?? {},
      oldBase: oldBase.config.config ?? {},
      newBase: newBase.config.config ?? {},
    }),
    rootfs: { ...rootfs, diff_ids: layers.map(({ diffId }) => diffId) },
    history: rebasedHistory(
      { config: { created, history }, layers: image.layers.length },
      { oldBase: counted(oldBase), newBase: counted(newBase) },
    ),
  };
  return assembleImage({
    config,
    layers: layers.map(({ descriptor }) => descriptor),
    platform: { ...platformOf(image.platform), "os.version": newBase.platform["os.version"] },
    // What the next rebase begins with.
    annotations: { ...withoutBase(annotations), ...baseAnnotations(newBase, parts.newBaseName) },
  });
}

function counted({ config, layers }: BaseImage): { config: ImageConfig; layers: number } {
  return { config, layers: layers.length };
}

function withoutBase(annotations: Annotations | undefined): Annotations {
  const { [BASE_NAME]: _, [BASE_DIGEST]: __, ...others } = annotations ?? {};
  return others;
}

/** Nothing is made now that was not made before, and equal parts give equal bytes. */
function laterTime(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(b) > Date.parse(a) ? b : a;
}

function checkBelow(image: BaseImage, base: BaseImage): void {
  const at = base.layers.findIndex(({ diffId }, index) => image.layers[index]?.diffId !== diffId);
  if (at < 0) return;
  const found = image.layers[at]?.diffId ?? "no layer";
  const place = `layer ${at + 1} of ${base.layers.length}`;
  throw mismatch(image, base, `${place} is ${base.layers[at]?.diffId}, the image has ${found} there`);
}

function checkPlatform(image: BaseImage, base: BaseImage): void {
  const [wanted, found] = [formatPlatform(image.platform), formatPlatform(base.platform)];
  const isSame =
    image.platform.os === base.platform.os && image.platform.architecture === base.platform.architecture;
  if (!isSame) throw mismatch(image, base, `it is for ${found}, the image for ${wanted}`);
}

function mismatch(image: BaseImage, base: BaseImage, problem: string): Error {
  return buildError("IMAGE_BASE_MISMATCH", {
    message: `${image.reference} cannot be rebased with ${base.reference}: ${problem}`,
    data: { image: image.reference, base: base.reference, problem },
    hint: "Name the very base that the image was built on, for example by its digest.",
  });
}
