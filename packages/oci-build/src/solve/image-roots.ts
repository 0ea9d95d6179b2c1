import type { BaseImage } from "../base/base-image.js";
import type { BaseLayers, TreesUse } from "../base/base-layers.js";
import type { LayerFiles } from "./layer-files.js";
import { StageRoot } from "./stage-root.js";

/** The file trees of base images, each put together once. Their layers' trees are read when they are made ready, their
 * bytes when files are. */
export class ImageRoots {
  readonly #files: LayerFiles;
  readonly #layers: BaseLayers;
  readonly #roots = new Map<BaseImage, StageRoot>();

  constructor(files: LayerFiles, layers: BaseLayers) {
    this.#files = files;
    this.#layers = layers;
  }

  of(image: BaseImage, use: TreesUse = "look"): StageRoot {
    const known = this.#roots.get(image);
    if (known !== undefined) return known;
    for (const layer of image.layers) {
      this.#files.addLater(layer.diffId, () => this.#layers.stored(image, layer));
    }
    const root = StageRoot.onImage(this.#files, () => this.#layers.trees(image, use));
    this.#roots.set(image, root);
    return root;
  }
}
