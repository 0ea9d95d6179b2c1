import { type ContentEntry, digestedEntries, emptyFileTree } from "@oci-build/snapshot";
import type { BaseLayers } from "../base/base-layers.js";
import type { FoundImage } from "../base/image-origin.js";
import { toBaseImage } from "../base/to-base-image.js";

/** All that an image holds, by path, as a container sees it. Its layers' trees are merged; nothing is unpacked, and what
 * is known of a layer from before is not read again.
 * @throws OciBuildError BASE_IMAGE_INVALID, BASE_LAYER_MISMATCH and those of layers and their place */
export async function imageEntries(
  found: FoundImage,
  layers: Pick<BaseLayers, "trees">,
): Promise<readonly ContentEntry[]> {
  const trees = await layers.trees(toBaseImage(found));
  const merged = trees.reduce((below, tree) => below.applyLayer(tree), emptyFileTree(nothingIsRead));
  return digestedEntries(merged);
}

/** Trees of layers have the digests of all files. */
function nothingIsRead(): never {
  throw new TypeError("a layer's tree lacks a digest");
}
