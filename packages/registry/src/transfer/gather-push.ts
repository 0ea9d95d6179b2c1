import {
  type BlobSource,
  type Descriptor,
  decodeIndex,
  decodeManifest,
  kindOfMediaType,
  MANIFEST_MAX_BYTES,
  readBlob,
  type StoredDocument,
} from "@oci-build/oci";
import { INDEX_DEPTH_MAX, indexTooDeep } from "./index-depth.js";
import { runPool } from "./run-pool.js";
import { CONCURRENCY_DEFAULT } from "./transfer-progress.js";

/** Everything that has to be in a repository before a manifest can be. */
export interface PushPlan {
  readonly root: StoredDocument;
  /** What an index lists, each behind what it lists itself; without what the repository has. */
  readonly below: readonly StoredDocument[];
  readonly blobs: readonly Descriptor[];
}

/** Reads what an image is made of from its documents.
 * @throws OciBuildError OCI_DOCUMENT_INVALID and those of `readBlob` */
export async function gatherPush(root: Descriptor, sources: PushSources): Promise<PushPlan> {
  const gathered: Gathered = { below: [], blobs: [] };
  const document = await gather(root, { sources, gathered, depth: 0 });
  return { root: document, ...gathered };
}

/** Where documents come from, and which need not be looked into. */
export interface PushSources {
  readonly blobs: BlobSource;
  /** Whether the repository has a manifest, and with it all that it names. */
  readonly isThere: (descriptor: Descriptor) => Promise<boolean>;
  readonly signal: AbortSignal | undefined;
}

/** The bytes of a manifest or index. */
export async function readDocument(blobs: BlobSource, descriptor: Descriptor): Promise<StoredDocument> {
  return { descriptor, bytes: await readBlob(blobs, descriptor, MANIFEST_MAX_BYTES) };
}

interface Gathered {
  readonly below: StoredDocument[];
  readonly blobs: Descriptor[];
}

interface Gathering {
  readonly sources: PushSources;
  readonly gathered: Gathered;
  readonly depth: number;
}

async function gather(descriptor: Descriptor, gathering: Gathering): Promise<StoredDocument> {
  const { sources, gathered } = gathering;
  sources.signal?.throwIfAborted();
  const document = await readDocument(sources.blobs, descriptor);
  const kind = kindOfMediaType(descriptor.mediaType);
  if (kind === "index") await gatherBelow(document, gathering);
  if (kind === "manifest") {
    const { config, layers } = decodeManifest(document.bytes, `manifest ${descriptor.digest}`);
    gathered.blobs.push(config, ...layers);
  }
  return document;
}

async function gatherBelow(index: StoredDocument, { sources, gathered, depth }: Gathering): Promise<void> {
  const { digest } = index.descriptor;
  if (depth >= INDEX_DEPTH_MAX) throw indexTooDeep(digest);
  const members = new Map(
    decodeIndex(index.bytes, `index ${digest}`).manifests.map((member) => [member.digest, member]),
  );
  for (const { descriptor } of gathered.below) members.delete(descriptor.digest);
  for (const member of await missingOf([...members.values()], sources)) {
    gathered.below.push(await gather(member, { sources, gathered, depth: depth + 1 }));
  }
}

/** Those that the repository does not have, in their order. */
async function missingOf(
  members: readonly Descriptor[],
  { isThere, signal }: PushSources,
): Promise<readonly Descriptor[]> {
  const missing = new Set<Descriptor>();
  await runPool(members, { concurrency: CONCURRENCY_DEFAULT, signal }, async (member) => {
    if (!(await isThere(member))) missing.add(member);
  });
  return members.filter((member) => missing.has(member));
}
