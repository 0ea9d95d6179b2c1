import { indexShape } from "../image/document-shapes.js";
import { annotationNames } from "../image/image-name.js";
import { kindOfMediaType, mediaTypes } from "../image/media-types.js";
import { blobPath } from "../layout/blob-path.js";
import { checkBlob, type PlacedDescriptor, usableDescriptor } from "./check-blob.js";
import { checkPlatform } from "./check-config.js";
import { at, checkDocument, itemsOf, memberOf } from "./check-document.js";
import { checkManifest, checkMediaType } from "./check-manifest.js";
import type { FoundImage } from "./found-image.js";
import type { Validation } from "./validation.js";

/** Indexes nested deeper are not followed. */
const INDEX_DEPTH_MAX = 8;

/** An entry of `index.json`: its full name if it has one, and the images it leads to. */
export interface FoundRoot {
  readonly name: string | undefined;
  readonly images: readonly FoundImage[];
}

/** Checks `index.json` and all it leads to. */
export async function checkRootIndex(validation: Validation): Promise<readonly FoundRoot[]> {
  const document = "index.json";
  const index = await checkDocument(validation, document, indexShape);
  const mediaType = memberOf(index, "mediaType");
  if (typeof mediaType === "string" && mediaType !== mediaTypes.imageIndex) {
    const path = at(document, "/mediaType");
    validation.log.add({
      path,
      rule: "document.media-type",
      stated: mediaTypes.imageIndex,
      found: mediaType,
    });
  }
  const roots: FoundRoot[] = [];
  for (const placed of manifestsOf(index, document)) {
    const name = memberOf(placed.descriptor.annotations, annotationNames.fullName);
    const images = await checkListed(validation, placed, 0);
    roots.push({ name: typeof name === "string" ? name : undefined, images });
  }
  return roots;
}

function manifestsOf(index: unknown, document: string): readonly PlacedDescriptor[] {
  return itemsOf(memberOf(index, "manifests")).flatMap((value, at) => {
    const descriptor = usableDescriptor(value);
    return descriptor === undefined ? [] : [{ descriptor, document, pointer: `/manifests/${at}` }];
  });
}

/** Checks what an entry of an index leads to, the same document once only. */
async function checkListed(
  validation: Validation,
  placed: PlacedDescriptor,
  depth: number,
): Promise<readonly FoundImage[]> {
  validation.signal?.throwIfAborted();
  const { descriptor } = placed;
  if (!(await checkBlob(validation, placed))) return [];
  const known = validation.images.get(descriptor.digest);
  const images = known ?? (await checkDocumentOf(validation, placed, depth));
  validation.images.set(descriptor.digest, images);
  if (kindOfMediaType(descriptor.mediaType) === "manifest")
    checkPlatform(validation, placed, images[0]?.config);
  return images;
}

async function checkDocumentOf(
  validation: Validation,
  placed: PlacedDescriptor,
  depth: number,
): Promise<readonly FoundImage[]> {
  const kind = kindOfMediaType(placed.descriptor.mediaType);
  if (kind === "index") return checkNested(validation, placed, depth);
  const image = kind === "manifest" ? await checkManifest(validation, placed) : undefined;
  return image === undefined ? [] : [image];
}

async function checkNested(
  validation: Validation,
  placed: PlacedDescriptor,
  depth: number,
): Promise<readonly FoundImage[]> {
  const document = blobPath(placed.descriptor.digest);
  if (depth >= INDEX_DEPTH_MAX) {
    const stated = `indexes at most ${INDEX_DEPTH_MAX} deep`;
    validation.log.add({ path: document, rule: "document.limit", stated, found: "deeper" });
    return [];
  }
  const index = await checkDocument(validation, document, indexShape);
  checkMediaType(validation, placed, memberOf(index, "mediaType"));
  const images: FoundImage[] = [];
  for (const member of manifestsOf(index, document)) {
    images.push(...(await checkListed(validation, member, depth + 1)));
  }
  return images;
}
