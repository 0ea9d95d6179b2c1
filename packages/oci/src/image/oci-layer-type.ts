import { mediaTypes } from "./media-types.js";

const ociTypes: ReadonlyMap<string, string> = new Map([
  [mediaTypes.dockerLayer, mediaTypes.layer],
  [mediaTypes.dockerLayerGzip, mediaTypes.layerGzip],
  [mediaTypes.dockerLayerZstd, mediaTypes.layerZstd],
  [mediaTypes.dockerForeignLayerGzip, mediaTypes.nondistributableLayerGzip],
]);

/** The media type that an OCI manifest gives to a layer; Docker's name other types for the same bytes. */
export function ociLayerType(mediaType: string): string {
  return ociTypes.get(mediaType) ?? mediaType;
}
