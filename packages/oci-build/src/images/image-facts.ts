import {
  type Digest,
  decodeConfig,
  decodeManifest,
  type ImageConfig,
  type ImageManifest,
} from "@oci-build/oci";
import type { FoundImage } from "../base/image-origin.js";

/** An image for one platform, decoded. */
export interface ImageFacts {
  /** The config's digest, which Docker calls the image's ID. */
  readonly id: Digest;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  /** Bytes of the manifest, the config and the layers as stored; a layer that stands twice counts once. */
  readonly size: number;
}

/** @throws OciBuildError OCI_DOCUMENT_INVALID */
export function imageFacts({ reference, manifest: document, config }: FoundImage): ImageFacts {
  const manifest = decodeManifest(document.bytes, `manifest of ${reference}`);
  const layers = new Map(manifest.layers.map(({ digest, size }) => [digest, size]));
  const layerBytes = [...layers.values()].reduce((sum, size) => sum + size, 0);
  return {
    id: config.descriptor.digest,
    manifest,
    config: decodeConfig(config.bytes, `config of ${reference}`),
    size: document.descriptor.size + config.descriptor.size + layerBytes,
  };
}
