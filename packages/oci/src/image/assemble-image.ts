import { ociError } from "../errors.js";
import type { Annotations, Descriptor } from "./descriptor.js";
import { type StoredDocument, storedDocument } from "./document.js";
import type { ImageConfig } from "./image-config.js";
import type { ImageIndex } from "./image-index.js";
import type { ImageManifest } from "./image-manifest.js";
import { mediaTypes } from "./media-types.js";
import type { Platform } from "./platform.js";

/** What an image is made of. `layers` are lowest first and stand in the order of `config.rootfs.diff_ids`;
 * the platform's words replace those of the config. `annotations` go into the manifest. */
export interface ImageParts {
  readonly config: Omit<ImageConfig, "architecture" | "os" | "os.version" | "os.features" | "variant">;
  readonly layers: readonly Descriptor[];
  readonly platform: Platform;
  readonly annotations?: Annotations | undefined;
}

/** An image's two documents, ready to be stored. The manifest's descriptor carries the platform. */
export interface AssembledImage {
  readonly config: StoredDocument;
  readonly manifest: StoredDocument;
}

/** Makes an image's config and OCI manifest. Equal parts give equal bytes.
 * @throws OciBuildError OCI_IMAGE_INCONSISTENT when layers, diffIDs and history do not count the same
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md */
export function assembleImage(parts: ImageParts): AssembledImage {
  requireSameCounts(parts);
  const { config: stated, platform, layers, annotations } = parts;
  const config = storedDocument(mediaTypes.imageConfig, { ...stated, ...platformMembers(platform) });
  const manifest = storedDocument(mediaTypes.imageManifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.imageManifest,
    config: config.descriptor,
    layers,
    annotations,
  } satisfies ImageManifest);
  return { config, manifest: { ...manifest, descriptor: { ...manifest.descriptor, platform } } };
}

/** Makes an OCI image index of manifests, in the given order. */
export function assembleIndex(manifests: readonly Descriptor[], annotations?: Annotations): StoredDocument {
  return storedDocument(mediaTypes.imageIndex, {
    schemaVersion: 2,
    mediaType: mediaTypes.imageIndex,
    manifests,
    annotations,
  } satisfies ImageIndex);
}

/** All five, so that none of a base's own survives beside a platform that does not state it. */
function platformMembers(platform: Platform): Platform {
  return {
    architecture: platform.architecture,
    os: platform.os,
    "os.version": platform["os.version"],
    "os.features": platform["os.features"],
    variant: platform.variant,
  };
}

function requireSameCounts({ config, layers }: ImageParts): void {
  const diffIds = config.rootfs.diff_ids.length;
  const withLayer = config.history?.filter((entry) => entry.empty_layer !== true).length;
  if (layers.length === diffIds && (withLayer === undefined || withLayer === diffIds)) return;
  throw ociError("OCI_IMAGE_INCONSISTENT", {
    message: `image has ${layers.length} layers, ${diffIds} diffIDs and ${withLayer ?? "no"} history entries with a layer`,
    data: { layers: layers.length, diffIds, historyWithLayer: withLayer ?? null },
  });
}
