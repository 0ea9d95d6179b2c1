import {
  type BlobSource,
  CONFIG_MAX_BYTES,
  choosePlatform,
  type Descriptor,
  decodeIndex,
  decodeManifest,
  kindOfMediaType,
  MANIFEST_MAX_BYTES,
  type Platform,
  readBlob,
  type StoredDocument,
} from "@oci-build/oci";
import { buildError } from "../errors.js";
import { formatPlatform } from "../plan/global-args.js";

/** An index of indexes of manifests; nobody makes more. */
const INDEX_MAX_DEPTH = 4;

/** The documents that a root leads to for one platform. */
export interface FoundDocuments {
  readonly root: StoredDocument;
  readonly manifest: StoredDocument;
  readonly config: StoredDocument;
}

/** Gives a document's bytes, verified. */
export type DocumentReader = (descriptor: Descriptor, maxBytes: number) => Promise<Buffer>;

/** Reads documents out of blobs. */
export function documentsIn(blobs: BlobSource): DocumentReader {
  return (descriptor, maxBytes) => readBlob(blobs, descriptor, maxBytes);
}

/** What is looked for, and where; `reference` names it in errors. */
export interface ManifestSearch {
  readonly reference: string;
  readonly read: DocumentReader;
  readonly platform: Platform;
}

/** Reads an image's documents from where its blobs are: the root, the manifest for a platform, its config. A root that
 * is a manifest is taken whatever its platform is, as Docker does.
 * @throws OciBuildError BASE_IMAGE_INVALID, BASE_PLATFORM_MISSING, and as `read` and the decoders */
export async function findManifest(
  descriptor: Descriptor,
  { reference, read, platform }: ManifestSearch,
): Promise<FoundDocuments> {
  const root = await readDocument(read, descriptor);
  let manifest = root;
  for (let depth = 0; kindOfMediaType(manifest.descriptor.mediaType) === "index"; depth++) {
    if (depth === INDEX_MAX_DEPTH) throw invalidImage(reference, "its indexes are nested too deep");
    const { manifests } = decodeIndex(manifest.bytes, `index of ${reference}`);
    const chosen = choosePlatform(manifests, platform);
    if (chosen === undefined) throw platformMissing(reference, platform, platformsOf(manifests));
    manifest = await readDocument(read, chosen);
  }
  const { mediaType } = manifest.descriptor;
  if (kindOfMediaType(mediaType) !== "manifest") {
    throw invalidImage(reference, `it is no image but ${mediaType}`);
  }
  const { config } = decodeManifest(manifest.bytes, `manifest of ${reference}`);
  if (kindOfMediaType(config.mediaType) !== "config") {
    throw invalidImage(reference, `its manifest is of an artifact, not of an image: ${config.mediaType}`);
  }
  return { root, manifest, config: await readDocument(read, config, CONFIG_MAX_BYTES) };
}

async function readDocument(
  read: DocumentReader,
  descriptor: Descriptor,
  maxBytes: number = MANIFEST_MAX_BYTES,
): Promise<StoredDocument> {
  return { descriptor, bytes: await read(descriptor, maxBytes) };
}

/** The error for an image that no stage can stand on. */
export function invalidImage(reference: string, problem: string): Error {
  return buildError("BASE_IMAGE_INVALID", {
    message: `${reference} is no image that can be used: ${problem}`,
    data: { reference, problem },
  });
}

/** What an index is there for, attestations left out. */
function platformsOf(manifests: readonly Descriptor[]): readonly Platform[] {
  return manifests.flatMap(({ platform }) =>
    platform === undefined || platform.os === "unknown" ? [] : [platform],
  );
}

/** The error for an image that is there for other platforms alone. */
export function platformMissing(reference: string, wanted: Platform, found: readonly Platform[]): Error {
  const available = [...new Set(found.map(formatPlatform))];
  return buildError("BASE_PLATFORM_MISSING", {
    message: `${reference} is not there for ${formatPlatform(wanted)}`,
    data: { reference, wanted: formatPlatform(wanted), available },
    hint: available.length === 0 ? undefined : `It is there for ${available.join(", ")}.`,
  });
}
