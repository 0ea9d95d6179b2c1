import {
  type Descriptor,
  type Digest,
  decodeConfig,
  decodeIndex,
  decodeManifest,
  isOciBuildError,
  kindOfMediaType,
  MANIFEST_MAX_BYTES,
  type Platform,
  type StoredDocument,
  withDocuments,
} from "@oci-build/oci";
import type { RepositoryName } from "@oci-build/registry";
import type { ImageBlobs } from "../base/image-blobs.js";
import type { FoundImage } from "../base/image-origin.js";
import { buildError } from "../errors.js";
import type { OpenedImage } from "./opened-image.js";

/** An index of indexes of manifests; nobody makes more. */
const DEPTH_MAX = 4;
/** More documents in one image are refused; the largest indexes in use have some hundred. */
const DOCUMENTS_MAX = 10_000;

/** All that an image consists of, ready to be put elsewhere. */
export interface ImageParts {
  /** The index or manifest; of a manifest with its platform. Without annotations. */
  readonly root: Descriptor;
  /** Manifests and indexes, each behind those that it names. */
  readonly documents: readonly StoredDocument[];
  /** Configs and layers, each once. */
  readonly blobs: readonly Descriptor[];
  /** Has all of these. */
  readonly source: ImageBlobs;
  /** Repositories that have its blobs. */
  readonly repositories: readonly RepositoryName[];
  /** Full names that the image has where it comes from. */
  readonly names: readonly string[];
}

/** Which part of an image for several platforms is meant. */
export type PlatformChoice = "all" | Platform;

/** What an image consists of: for one platform, or all of an index.
 * @throws OciBuildError BASE_PLATFORM_MISSING, BASE_IMAGE_INVALID and those of the image's place */
export async function imageParts(image: OpenedImage, choice: PlatformChoice): Promise<ImageParts> {
  const found = await chosenPlatform(image, choice);
  const gathering: Gathering = { image, documents: new Map(), blobs: new Map() };
  const root = found?.manifest.descriptor ?? image.root.descriptor;
  await gather(root, gathering, 0);
  const { mediaType, digest, size } = root;
  const config = found && decodeConfig(found.config.bytes, `config of ${image.reference}`);
  const documents = [...gathering.documents.values()];
  return {
    root: { mediaType, digest, size, ...(config === undefined ? {} : { platform: platformOf(config) }) },
    documents,
    blobs: [...gathering.blobs.values()],
    source: withoutReading(documents, image.blobs),
    repositories: image.repository === undefined ? [] : [image.repository],
    names: image.names,
  };
}

/** The blobs of an image of which some documents were read already. */
export function withoutReading(documents: readonly StoredDocument[], blobs: ImageBlobs): ImageBlobs {
  const known = new Set(documents.map(({ descriptor }) => descriptor.digest));
  const read = withDocuments(documents, blobs);
  return {
    read: (digest, range, options) =>
      known.has(digest) ? read.read(digest) : blobs.read(digest, range, options),
  };
}

/** The image for one platform; undefined where there is none to choose: all of an index, or an artifact as a whole. */
async function chosenPlatform(image: OpenedImage, choice: PlatformChoice): Promise<FoundImage | undefined> {
  if (choice !== "all") return image.forPlatform(choice);
  if (kindOfMediaType(image.root.descriptor.mediaType) === "index") return undefined;
  try {
    return await image.forPlatform(anyPlatform);
  } catch (error) {
    if (isOciBuildError(error, "BASE_IMAGE_INVALID")) return undefined;
    throw error;
  }
}

/** Of a root that is a manifest the platform does not matter. */
const anyPlatform: Platform = { os: "linux", architecture: "amd64" };

/** The platform that a config states. */
export function platformOf(config: Platform): Platform {
  const { architecture, os, variant } = config;
  return {
    ...{ architecture, os, variant },
    "os.version": config["os.version"],
    "os.features": config["os.features"],
  };
}

interface Gathering {
  readonly image: OpenedImage;
  readonly documents: Map<Digest, StoredDocument>;
  readonly blobs: Map<Digest, Descriptor>;
}

async function gather(descriptor: Descriptor, gathering: Gathering, depth: number): Promise<void> {
  const { image, documents, blobs } = gathering;
  const { digest, mediaType } = descriptor;
  if (documents.has(digest)) return;
  const kind = kindOfMediaType(mediaType);
  if (kind !== "index" && kind !== "manifest") {
    blobs.set(digest, descriptor);
    return;
  }
  if (depth > DEPTH_MAX || documents.size >= DOCUMENTS_MAX) throw tooDeep(image.reference);
  const bytes = await image.readDocument(descriptor, MANIFEST_MAX_BYTES);
  for (const below of namedBy(kind, bytes, image.reference)) await gather(below, gathering, depth + 1);
  documents.set(digest, { descriptor, bytes });
}

function namedBy(kind: "index" | "manifest", bytes: Buffer, reference: string): readonly Descriptor[] {
  if (kind === "index") return decodeIndex(bytes, `index of ${reference}`).manifests;
  const { config, layers } = decodeManifest(bytes, `manifest of ${reference}`);
  return [config, ...layers];
}

function tooDeep(reference: string): Error {
  const problem = "its indexes are nested too deep or too many";
  return buildError("BASE_IMAGE_INVALID", {
    message: `${reference} cannot be read: ${problem}`,
    data: { reference, problem },
  });
}
