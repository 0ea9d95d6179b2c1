import type { BaseImage } from "../base/base-image.js";
import type { SolveContext } from "./solve-context.js";
import { StageRoot } from "./stage-root.js";

/** The file tree of a base image. Its layers' trees are read when it is made ready, their bytes when files are. */
export function imageRoot(
  image: BaseImage,
  { layerFiles, baseLayers }: Pick<SolveContext, "layerFiles" | "baseLayers">,
): StageRoot {
  for (const layer of image.layers) layerFiles.addLater(layer.diffId, () => baseLayers.stored(image, layer));
  return StageRoot.onImage(layerFiles, () => baseLayers.trees(image));
}
