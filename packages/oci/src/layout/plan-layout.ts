import type { Digest } from "../digest.js";
import type { Descriptor } from "../image/descriptor.js";
import type { ImageContent, ImageRoot } from "../image/image-content.js";
import type { ImageIndex } from "../image/image-index.js";
import { annotationNames, type ImageName, nameAnnotations, parseImageName } from "../image/image-name.js";
import { mediaTypes } from "../image/media-types.js";
import { encodeJson } from "../json/encode-json.js";
import { blobPath } from "./blob-path.js";
import type { DockerManifestEntry } from "./docker-manifest.js";
import { type FoundManifest, gatherContent } from "./gather-content.js";

/** One name of a layout, as the archive and the folder both have it. Directories have no slash at the end. */
export type LayoutFile =
  | { readonly path: string; readonly type: "directory" }
  | { readonly path: string; readonly type: "document"; readonly bytes: Buffer }
  | { readonly path: string; readonly type: "blob"; readonly digest: Digest; readonly size: number };

/** All names of the layout that holds some images, parents first and sorted by path.
 *
 * `index.json` has one entry for each name, as containerd and BuildKit write it; `manifest.json` makes the same
 * blobs readable for `docker load`.
 * @throws OciBuildError OCI_IMAGE_NAME_INVALID, OCI_CONTENT_LIMIT, OCI_BLOB_SIZE_MISMATCH, OCI_DOCUMENT_INVALID */
export async function planLayout(
  content: ImageContent,
  signal?: AbortSignal,
): Promise<readonly LayoutFile[]> {
  const roots = content.roots.map((root) => ({ ...root, parsedNames: uniqueNames(root) }));
  const { sizes, mainManifests } = await gatherContent(content, signal);
  const files: LayoutFile[] = [
    { path: "blobs", type: "directory" },
    { path: "blobs/sha256", type: "directory" },
    { path: "index.json", type: "document", bytes: encodeJson(indexOf(roots)) },
    { path: "manifest.json", type: "document", bytes: encodeJson(dockerManifest(roots, mainManifests)) },
    { path: "oci-layout", type: "document", bytes: encodeJson({ imageLayoutVersion: "1.0.0" }) },
  ];
  for (const [digest, size] of sizes) files.push({ path: blobPath(digest), type: "blob", digest, size });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface NamedRoot extends ImageRoot {
  readonly parsedNames: readonly ImageName[];
}

function uniqueNames({ names }: ImageRoot): readonly ImageName[] {
  return [...new Set(names)].map(parseImageName);
}

function indexOf(roots: readonly NamedRoot[]): ImageIndex {
  return { schemaVersion: 2, mediaType: mediaTypes.imageIndex, manifests: roots.flatMap(indexEntries) };
}

/** Full names are given by the root alone, so that `index.json` and `manifest.json` agree; a reference name that a
 * root without names brings along stays. */
function indexEntries({ descriptor, parsedNames }: NamedRoot): readonly Descriptor[] {
  const { [annotationNames.fullName]: _, ...annotations } = descriptor.annotations ?? {};
  if (parsedNames.length > 0) {
    return parsedNames.map((name) => ({
      ...descriptor,
      annotations: { ...annotations, ...nameAnnotations(name) },
    }));
  }
  return [{ ...descriptor, annotations: Object.keys(annotations).length > 0 ? annotations : undefined }];
}

/** One entry for each image; the same image under two roots has the names of both. */
function dockerManifest(
  roots: readonly NamedRoot[],
  manifests: readonly (FoundManifest | undefined)[],
): readonly DockerManifestEntry[] {
  const entries = new Map<Digest, DockerManifestEntry>();
  for (const [at, { parsedNames }] of roots.entries()) {
    const found = manifests[at];
    if (found === undefined || !isImage(found)) continue;
    const names = parsedNames.map((name) => name.familiar);
    const tags = new Set([...(entries.get(found.digest)?.RepoTags ?? []), ...names]);
    entries.set(found.digest, dockerEntry(found, [...tags]));
  }
  return [...entries.values()];
}

function isImage({ manifest }: FoundManifest): boolean {
  const type = manifest.config.mediaType;
  return type === mediaTypes.imageConfig || type === mediaTypes.dockerConfig;
}

function dockerEntry({ manifest }: FoundManifest, tags: readonly string[]): DockerManifestEntry {
  return {
    Config: blobPath(manifest.config.digest),
    RepoTags: tags,
    Layers: manifest.layers.map((layer) => blobPath(layer.digest)),
  };
}
