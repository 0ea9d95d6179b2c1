/** The media types of images, as OCI and as Docker's schema 2 spell them.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md */
export const mediaTypes = {
  imageIndex: "application/vnd.oci.image.index.v1+json",
  imageManifest: "application/vnd.oci.image.manifest.v1+json",
  imageConfig: "application/vnd.oci.image.config.v1+json",
  empty: "application/vnd.oci.empty.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  layerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  layerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  nondistributableLayer: "application/vnd.oci.image.layer.nondistributable.v1.tar",
  nondistributableLayerGzip: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
  nondistributableLayerZstd: "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
  dockerManifestList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar",
  dockerLayerGzip: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  dockerLayerZstd: "application/vnd.docker.image.rootfs.diff.tar.zstd",
  dockerForeignLayerGzip: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
} as const;

/** What a document or blob of a media type is for. */
export type MediaKind = "index" | "manifest" | "config" | "layer" | "other";

/** How a layer of a media type is stored. */
export type LayerCompression = "none" | "gzip" | "zstd";

const kinds: ReadonlyMap<string, MediaKind> = new Map([
  [mediaTypes.imageIndex, "index"],
  [mediaTypes.dockerManifestList, "index"],
  [mediaTypes.imageManifest, "manifest"],
  [mediaTypes.dockerManifest, "manifest"],
  [mediaTypes.imageConfig, "config"],
  [mediaTypes.dockerConfig, "config"],
]);

const compressions: ReadonlyMap<string, LayerCompression> = new Map([
  [mediaTypes.layer, "none"],
  [mediaTypes.layerGzip, "gzip"],
  [mediaTypes.layerZstd, "zstd"],
  [mediaTypes.nondistributableLayer, "none"],
  [mediaTypes.nondistributableLayerGzip, "gzip"],
  [mediaTypes.nondistributableLayerZstd, "zstd"],
  [mediaTypes.dockerLayer, "none"],
  [mediaTypes.dockerLayerGzip, "gzip"],
  [mediaTypes.dockerLayerZstd, "zstd"],
  [mediaTypes.dockerForeignLayerGzip, "gzip"],
]);

/** What a media type is for; `other` for those of artifacts and attestations. */
export function kindOfMediaType(mediaType: string): MediaKind {
  return kinds.get(mediaType) ?? (compressions.has(mediaType) ? "layer" : "other");
}

/** How a layer of this media type is stored, or undefined for what is no layer of a root filesystem. */
export function layerCompression(mediaType: string): LayerCompression | undefined {
  return compressions.get(mediaType);
}
