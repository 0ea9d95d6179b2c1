import {
  choosePlatform,
  type Descriptor,
  decodeConfig,
  decodeIndex,
  decodeManifest,
  type ImageConfig,
  type ImageManifest,
  kindOfMediaType,
  type Platform,
  type StoredDocument,
} from "@oci-build/oci";
import { withTarget } from "../client/registry-failures.js";
import type { Repository, RequestOptions } from "../client/repository.js";
import { registryError } from "../errors.js";
import { INDEX_DEPTH_MAX, indexTooDeep } from "./index-depth.js";
import { readConfig } from "./read-config.js";

/** Platforms told in an error. */
const PLATFORMS_TOLD_MAX = 30;

/** An image of a registry for one platform: its documents, and what they say. Nothing of its layers is read. */
export interface RemoteImage {
  /** What the tag or digest stands for: an index, or the manifest itself. */
  readonly root: StoredDocument;
  readonly manifest: StoredDocument;
  readonly config: StoredDocument;
  readonly imageManifest: ImageManifest;
  readonly imageConfig: ImageConfig;
}

/** What to read. */
export interface ReadImageOptions extends RequestOptions {
  /** Chooses from an index. A manifest that is no index is taken whatever it is for. */
  readonly platform: Platform;
}

/** Reads an image's documents by tag or digest, from an index those of the platform that fits best. All are verified.
 * @throws OciBuildError REGISTRY_MANIFEST_MISSING, REGISTRY_MANIFEST_UNSUPPORTED, REGISTRY_PLATFORM_MISSING,
 * REGISTRY_DIGEST_MISMATCH, OCI_DOCUMENT_INVALID, OCI_DOCUMENT_TOO_LARGE and those of every request */
export async function readImage(
  repository: Repository,
  target: string,
  { platform, signal }: ReadImageOptions,
): Promise<RemoteImage> {
  const root = await repository.manifest(target, { signal });
  const manifest = await manifestFor({ repository, target, platform, signal }, root);
  const what = `manifest of ${withTarget(repository.name, target)}`;
  const imageManifest = decodeManifest(manifest.bytes, what);
  const { config: descriptor } = imageManifest;
  if (kindOfMediaType(descriptor.mediaType) !== "config")
    throw noImage(repository, target, descriptor.mediaType);
  const config = { descriptor, bytes: await readConfig(repository, descriptor, { signal }) };
  const imageConfig = decodeConfig(config.bytes, `config of ${withTarget(repository.name, target)}`);
  return { root, manifest, config, imageManifest, imageConfig };
}

interface Wanted extends ReadImageOptions {
  readonly repository: Repository;
  readonly target: string;
}

async function manifestFor(wanted: Wanted, root: StoredDocument): Promise<StoredDocument> {
  const { repository, platform, signal } = wanted;
  let document = root;
  for (let depth = 0; kindOfMediaType(document.descriptor.mediaType) === "index"; depth++) {
    if (depth >= INDEX_DEPTH_MAX) throw indexTooDeep(document.descriptor.digest);
    const { manifests } = decodeIndex(document.bytes);
    const chosen = choosePlatform(manifests, platform);
    if (chosen === undefined) throw platformMissing(wanted, manifests);
    const found = await repository.manifest(chosen.digest, { signal });
    document = { ...found, descriptor: { ...found.descriptor, platform: chosen.platform } };
  }
  return document;
}

function platformMissing({ repository, target, platform }: Wanted, manifests: readonly Descriptor[]): Error {
  const { registry, repository: name } = repository.name;
  const told = manifests.flatMap((one) => (one.platform === undefined ? [] : [textOf(one.platform)]));
  const available = [...new Set(told)]
    .filter((text) => text !== "unknown/unknown")
    .slice(0, PLATFORMS_TOLD_MAX);
  const wanted = textOf(platform);
  return registryError("REGISTRY_PLATFORM_MISSING", {
    message: `${withTarget(repository.name, target)} is not for ${wanted}, only for ${available.join(", ")}`,
    data: { registry, repository: name, wanted, available },
    hint: "Choose a platform with --platform.",
  });
}

function textOf({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/").slice(0, 100);
}

function noImage({ name }: Repository, target: string, mediaType: string): Error {
  return registryError("REGISTRY_MANIFEST_UNSUPPORTED", {
    message: `${withTarget(name, target)} is not an image that can be read: ${JSON.stringify(mediaType)}`,
    data: { registry: name.registry, repository: name.repository, target, mediaType },
  });
}
