import {
  type Descriptor,
  decodeConfig,
  decodeManifest,
  layerCompression,
  ociLayerType,
} from "@oci-build/oci";
import type { BaseImage, BaseLayer } from "./base-image.js";
import { invalidImage } from "./find-manifest.js";
import type { FoundImage } from "./image-origin.js";

/** As many as containers/storage and overlayfs together can mount; images in use have fewer than 128. */
const LAYERS_MAX = 1000;

/** What building on an image needs, from its documents.
 * @throws OciBuildError BASE_IMAGE_INVALID, OCI_DOCUMENT_INVALID */
export function toBaseImage(found: FoundImage): BaseImage {
  const { reference, root, manifest, blobs, distance, mountFrom } = found;
  const config = decodeConfig(found.config.bytes, `config of ${reference}`);
  const { layers } = decodeManifest(manifest.bytes, `manifest of ${reference}`);
  const { diff_ids: diffIds } = config.rootfs;
  if (layers.length !== diffIds.length) {
    throw invalidImage(
      reference,
      `it has ${layers.length} layers, and its config tells of ${diffIds.length}`,
    );
  }
  if (layers.length > LAYERS_MAX) throw invalidImage(reference, `it has more than ${LAYERS_MAX} layers`);
  const documents = [...new Set([root, manifest, found.config])];
  const { architecture, os, variant } = config;
  const details = { "os.version": config["os.version"], "os.features": config["os.features"] };
  return {
    ...{ reference, digest: root.descriptor.digest, documents, config, blobs, distance, mountFrom },
    platform: { architecture, os, variant, ...details },
    layers: layers.map((layer, index): BaseLayer => {
      const diffId = diffIds[index];
      if (diffId === undefined) throw new TypeError("both have the same length");
      return { descriptor: ociDescriptor(reference, layer), diffId };
    }),
  };
}

function ociDescriptor(reference: string, layer: Descriptor): Descriptor {
  if (layerCompression(layer.mediaType) === undefined) {
    throw invalidImage(reference, `it has a layer of an unknown kind: ${layer.mediaType}`);
  }
  const { digest, size, urls, annotations } = layer;
  return { mediaType: ociLayerType(layer.mediaType), digest, size, urls, annotations };
}
