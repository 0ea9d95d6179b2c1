import { createHash } from "node:crypto";
import { type Digest, digestOf, parseDigest } from "../digest.js";
import { ociError } from "../errors.js";
import { CONFIG_MAX_BYTES, decodeConfig } from "../image/decode-documents.js";
import type { Descriptor } from "../image/descriptor.js";
import { type StoredDocument, storedDocument } from "../image/document.js";
import type { ImageConfig } from "../image/image-config.js";
import type { ImageIndex } from "../image/image-index.js";
import type { ImageManifest } from "../image/image-manifest.js";
import { nameAnnotations, parseFamiliarName } from "../image/image-name.js";
import { mediaTypes } from "../image/media-types.js";
import type { Platform } from "../image/platform.js";
import { type DockerManifestEntry, readDockerManifest } from "../layout/docker-manifest.js";
import type { LayoutFiles } from "../layout/layout-files.js";
import { missingBlob } from "../layout/missing-blob.js";
import { readSmallFile } from "../layout/read-small-file.js";

/** A `docker save` archive as if it were a layout: which file is which blob, and the documents it lacks. */
export interface DockerArchiveIndex {
  readonly index: ImageIndex;
  readonly documents: readonly StoredDocument[];
  readonly paths: ReadonlyMap<Digest, string>;
}

/** Makes the index and the manifests that a `docker save` archive does not have. Reads every layer once.
 * @throws OciBuildError OCI_DOCUMENT_INVALID, OCI_DOCUMENT_TOO_LARGE, OCI_BLOB_MISSING, OCI_ARCHIVE_INVALID */
export async function dockerArchiveIndex(files: LayoutFiles): Promise<DockerArchiveIndex> {
  const paths = new Map<Digest, string>();
  const layersByPath = new Map<string, Descriptor>();
  const documents: StoredDocument[] = [];
  const manifests: Descriptor[] = [];
  for (const entry of await readDockerManifest(files)) {
    for (const layer of entry.Layers) {
      if (!layersByPath.has(layer)) layersByPath.set(layer, await describeLayer(files, layer));
    }
    const image = await manifestOf(files, entry, layersByPath);
    documents.push(image.manifest);
    paths.set(image.config.digest, entry.Config);
    manifests.push(...namedDescriptors(image, entry));
  }
  for (const [path, { digest }] of layersByPath) paths.set(digest, path);
  const index: ImageIndex = { schemaVersion: 2, mediaType: mediaTypes.imageIndex, manifests };
  return { index, documents, paths };
}

interface ManifestFromDocker {
  readonly manifest: StoredDocument;
  readonly config: Descriptor;
  readonly platform: Platform;
}

async function manifestOf(
  files: LayoutFiles,
  entry: DockerManifestEntry,
  layersByPath: ReadonlyMap<string, Descriptor>,
): Promise<ManifestFromDocker> {
  const bytes = await readSmallFile(files, entry.Config, CONFIG_MAX_BYTES);
  const stated = decodeConfig(bytes, entry.Config);
  const layers = entry.Layers.flatMap((path) => layersByPath.get(path) ?? []);
  if (layers.length !== stated.rootfs.diff_ids.length) throw differingCounts(entry, stated);
  const config = { mediaType: mediaTypes.imageConfig, digest: digestOf(bytes), size: bytes.length };
  const manifest = storedDocument(mediaTypes.imageManifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.imageManifest,
    config,
    layers,
  } satisfies ImageManifest);
  return { manifest, config, platform: platformOf(stated) };
}

function namedDescriptors(
  { manifest, platform }: ManifestFromDocker,
  { RepoTags = [] }: DockerManifestEntry,
): readonly Descriptor[] {
  const descriptor = { ...manifest.descriptor, platform };
  if (RepoTags.length === 0) return [descriptor];
  return RepoTags.map((tag) => ({ ...descriptor, annotations: nameAnnotations(parseFamiliarName(tag)) }));
}

/** Docker writes plain tars; others write compressed ones under the same names, so the bytes decide. */
async function describeLayer(files: LayoutFiles, path: string): Promise<Descriptor> {
  const size = await files.size(path);
  if (size === undefined) throw missingBlob(path);
  const hash = createHash("sha256");
  for await (const chunk of files.read(path)) hash.update(chunk);
  return {
    mediaType: await layerMediaType(files, path),
    digest: parseDigest(`sha256:${hash.digest("hex")}`),
    size,
  };
}

async function layerMediaType(files: LayoutFiles, path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of files.read(path, { offset: 0, length: 4 })) chunks.push(chunk);
  const magic = Buffer.concat(chunks).toString("hex");
  if (magic.startsWith("1f8b")) return mediaTypes.layerGzip;
  return magic === "28b52ffd" ? mediaTypes.layerZstd : mediaTypes.layer;
}

function platformOf(config: ImageConfig): Platform {
  const { architecture, os, variant } = config;
  return {
    architecture,
    os,
    variant,
    "os.version": config["os.version"],
    "os.features": config["os.features"],
  };
}

function differingCounts(entry: DockerManifestEntry, config: ImageConfig): Error {
  const [layers, diffIds] = [entry.Layers.length, config.rootfs.diff_ids.length];
  return ociError("OCI_ARCHIVE_INVALID", {
    message: `manifest.json lists ${layers} layers for ${entry.Config}, which has ${diffIds} diffIDs`,
    data: { file: entry.Config },
  });
}
