import type { Digest } from "@oci-build/oci";
import { baseHistory } from "../image/base-history.js";
import type { ImageFacts } from "./image-facts.js";

/** One step of how an image came to be. */
export interface ImageStep {
  /** Of the newest step alone: what came before it is no image of its own. */
  readonly id: Digest | undefined;
  /** RFC 3339 as the image says it, or undefined. */
  readonly created: string | undefined;
  readonly createdBy: string;
  /** Bytes of its layer as stored; 0 for a step without one. */
  readonly size: number;
  readonly comment: string;
}

/** How an image came to be, newest first. Layers that its history does not count have a step of their own.
 * Differs: Docker tells what a layer takes when it is unpacked; here it is what is stored. */
export function imageHistory({ id, config, manifest: { layers } }: ImageFacts): readonly ImageStep[] {
  let layer = 0;
  const steps = baseHistory(config, layers.length).map(
    ({ created, created_by: createdBy = "", comment = "", empty_layer: isEmpty }): Omit<ImageStep, "id"> => {
      const size = isEmpty === true ? 0 : (layers[layer]?.size ?? 0);
      if (isEmpty !== true) layer += 1;
      return { created, createdBy, size, comment };
    },
  );
  return steps.reverse().map((step, index) => ({ id: index === 0 ? id : undefined, ...step }));
}
