import { manifestShape } from "../image/document-shapes.js";
import { kindOfMediaType, layerCompression } from "../image/media-types.js";
import { nodeZstd } from "../layer/node-zstd.js";
import { blobPath } from "../layout/blob-path.js";
import { checkBlob, type PlacedDescriptor, usableDescriptor } from "./check-blob.js";
import { checkConfig } from "./check-config.js";
import { at, checkDocument, itemsOf, memberOf } from "./check-document.js";
import { checkLayers, type ListedLayer } from "./check-layers.js";
import type { FoundImage } from "./found-image.js";
import type { Validation } from "./validation.js";

/** Checks a manifest and all it leads to. Gives the image it is, if it is one. */
export async function checkManifest(
  validation: Validation,
  placed: PlacedDescriptor,
): Promise<FoundImage | undefined> {
  const document = blobPath(placed.descriptor.digest);
  const manifest = await checkDocument(validation, document, manifestShape);
  if (manifest === undefined) return undefined;
  checkMediaType(validation, placed, memberOf(manifest, "mediaType"));
  const layers = await listLayers(validation, document, manifest);
  const descriptor = usableDescriptor(memberOf(manifest, "config"));
  if (descriptor === undefined) return undefined;
  const hasConfig = await checkBlob(validation, { descriptor, document, pointer: "/config" });
  if (!hasConfig || kindOfMediaType(descriptor.mediaType) !== "config") return undefined;
  return checkImage(validation, blobPath(descriptor.digest), layers);
}

/** Checks a config and the layers that belong to it. */
export async function checkImage(
  validation: Validation,
  configPath: string,
  layers: readonly ListedLayer[],
): Promise<FoundImage> {
  const { config, diffIds } = await checkConfig(validation, configPath, layers.length);
  await checkLayers(validation, layers, { diffIds, configPath });
  return { configPath, config, layers: layers.map(({ path }) => path) };
}

/** Every layer's blob is checked; what it holds only once it is known to be an image. */
async function listLayers(
  validation: Validation,
  document: string,
  manifest: unknown,
): Promise<readonly ListedLayer[]> {
  const listed: ListedLayer[] = [];
  for (const [index, value] of itemsOf(memberOf(manifest, "layers")).entries()) {
    const descriptor = usableDescriptor(value);
    if (descriptor === undefined) continue;
    await checkBlob(validation, { descriptor, document, pointer: `/layers/${index}` });
    const compression = layerCompression(descriptor.mediaType);
    const checked = compression === "zstd" && nodeZstd() === undefined ? undefined : compression;
    listed.push({ path: blobPath(descriptor.digest), compression: checked, mediaType: descriptor.mediaType });
  }
  return listed;
}

/** A document may leave its own media type out, but not contradict the one it is listed with. */
export function checkMediaType({ log }: Validation, { descriptor }: PlacedDescriptor, found: unknown): void {
  if (typeof found !== "string" || found === descriptor.mediaType) return;
  const path = at(blobPath(descriptor.digest), "/mediaType");
  log.add({ path, rule: "document.media-type", stated: descriptor.mediaType, found });
}
