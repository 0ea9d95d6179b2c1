import type { Digest } from "../digest.js";
import { ociError } from "../errors.js";
import { decodeIndex, decodeManifest, MANIFEST_MAX_BYTES } from "../image/decode-documents.js";
import type { Descriptor } from "../image/descriptor.js";
import type { ImageContent } from "../image/image-content.js";
import type { ImageManifest } from "../image/image-manifest.js";
import { kindOfMediaType } from "../image/media-types.js";
import { readBlob } from "../image/verified-blob.js";

/** Indexes nested deeper are refused; builders nest one in the list of a layout. */
const INDEX_DEPTH_MAX = 8;

/** More blobs in one archive or layout are refused. */
const CONTENT_BLOBS_MAX = 100_000;

/** All blobs that some images consist of, and for each root the manifest that stands for it where only one can. */
export interface GatheredContent {
  readonly sizes: ReadonlyMap<Digest, number>;
  /** In the order of the roots; undefined for what holds no image, such as an artifact. */
  readonly mainManifests: readonly (FoundManifest | undefined)[];
}

export interface FoundManifest {
  readonly digest: Digest;
  readonly manifest: ImageManifest;
}

/** Follows every root to its blobs. Documents are read and verified, layers are only counted.
 * @throws OciBuildError OCI_CONTENT_LIMIT, OCI_BLOB_SIZE_MISMATCH and the errors of the documents' decoders */
export async function gatherContent(content: ImageContent, signal?: AbortSignal): Promise<GatheredContent> {
  const sizes = new Map<Digest, number>();
  const mainManifests: (FoundManifest | undefined)[] = [];
  for (const root of content.roots) {
    mainManifests.push(await gather({ content, sizes, signal }, root.descriptor, 0));
  }
  return { sizes, mainManifests };
}

interface Gathering {
  readonly content: ImageContent;
  readonly sizes: Map<Digest, number>;
  readonly signal: AbortSignal | undefined;
}

async function gather(
  gathering: Gathering,
  descriptor: Descriptor,
  depth: number,
): Promise<FoundManifest | undefined> {
  gathering.signal?.throwIfAborted();
  add(gathering, descriptor);
  const kind = kindOfMediaType(descriptor.mediaType);
  if (kind === "index") return gatherIndex(gathering, descriptor, depth);
  return kind === "manifest" ? gatherManifest(gathering, descriptor) : undefined;
}

/** `docker load` takes one image for a name, so the first of an index that runs somewhere stands for it. */
async function gatherIndex(
  gathering: Gathering,
  descriptor: Descriptor,
  depth: number,
): Promise<FoundManifest | undefined> {
  if (depth >= INDEX_DEPTH_MAX) throw overLimit(`indexes nested more than ${INDEX_DEPTH_MAX} deep`);
  const bytes = await readBlob(gathering.content.blobs, descriptor, MANIFEST_MAX_BYTES);
  let main: FoundManifest | undefined;
  for (const member of decodeIndex(bytes, `index ${descriptor.digest}`).manifests) {
    const found = await gather(gathering, member, depth + 1);
    if (member.platform?.os !== "unknown") main ??= found;
  }
  return main;
}

async function gatherManifest(gathering: Gathering, descriptor: Descriptor): Promise<FoundManifest> {
  const bytes = await readBlob(gathering.content.blobs, descriptor, MANIFEST_MAX_BYTES);
  const manifest = decodeManifest(bytes, `manifest ${descriptor.digest}`);
  for (const blob of [manifest.config, ...manifest.layers]) add(gathering, blob);
  return { digest: descriptor.digest, manifest };
}

function add({ sizes }: Gathering, { digest, size }: Descriptor): void {
  const known = sizes.get(digest);
  if (known !== undefined && known !== size) {
    throw ociError("OCI_BLOB_SIZE_MISMATCH", {
      message: `blob ${digest} is stated with ${known} and with ${size} bytes`,
      data: { digest, expected: known, found: size },
    });
  }
  if (known === undefined && sizes.size >= CONTENT_BLOBS_MAX)
    throw overLimit(`more than ${CONTENT_BLOBS_MAX} blobs`);
  sizes.set(digest, size);
}

function overLimit(found: string): Error {
  return ociError("OCI_CONTENT_LIMIT", { message: `images have ${found}`, data: { found } });
}
