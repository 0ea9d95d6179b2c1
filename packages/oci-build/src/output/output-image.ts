import { type AssembledImage, type ImageContent, imageContent } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import type { ImageLayers } from "../base/image-layers.js";

/** A built image that is to be put somewhere. */
export interface OutputImage {
  readonly image: AssembledImage;
  readonly layers: ImageLayers;
  /** The tree that its layers make. */
  readonly files: () => Promise<Snapshot>;
}

/** What writes the image under some names, with layers as they are kept on this disk. */
export function namedContent(
  { image, layers }: Pick<OutputImage, "image" | "layers">,
  names: readonly string[],
): ImageContent {
  return imageContent([{ ...image, names }], layers.kept);
}
