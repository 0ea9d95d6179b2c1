import { createHash } from "node:crypto";
import { decodeIndex, decodeManifest, kindOfMediaType, type StoredDocument } from "@oci-build/oci";
import { makeRegistryClient } from "../../../packages/registry/src/client/make-registry-client.js";
import { systemClock } from "../../../packages/registry/src/http/clock.js";
import { createTransport } from "../../../packages/registry/src/http/create-transport.js";
import type {
  RegistryClient,
  RegistryClientOptions,
  Repository,
} from "../../../packages/registry/src/index.js";

/** A client that takes no proxy from the environment unless told. */
export function testClient(options: RegistryClientOptions = {}): RegistryClient {
  const transport = createTransport({ env: {}, ...options });
  return makeRegistryClient({ transport, clock: systemClock, signal: options.signal });
}

/** Reads all that a tag or digest leads to, and gives the digests of what came, in order; nothing is believed. */
export async function pulledDigests(repository: Repository, target: string): Promise<readonly string[]> {
  const root = await repository.manifest(target);
  const digests = [sha256(root.bytes), ...(await digestsBelow(repository, root))];
  return [...new Set(digests)].sort();
}

async function digestsBelow(
  repository: Repository,
  { descriptor, bytes }: StoredDocument,
): Promise<readonly string[]> {
  if (kindOfMediaType(descriptor.mediaType) === "index") {
    const { manifests } = decodeIndex(bytes);
    const all = await Promise.all(manifests.map(({ digest }) => pulledDigests(repository, digest)));
    return all.flat();
  }
  const { config, layers } = decodeManifest(bytes);
  return await Promise.all([config, ...layers].map(({ digest }) => blobDigest(repository, digest)));
}

async function blobDigest(
  repository: Repository,
  digest: Parameters<Repository["read"]>[0],
): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of repository.read(digest)) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
