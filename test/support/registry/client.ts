import { createHash } from "node:crypto";
import { decodeIndex, decodeManifest, kindOfMediaType, type StoredDocument } from "@oci-build/oci";
import { makeRegistryClient } from "../../../packages/registry/src/client/make-registry-client.js";
import { systemClock } from "../../../packages/registry/src/http/clock.js";
import {
  createTransport,
  type TransportInternals,
} from "../../../packages/registry/src/http/create-transport.js";
import type {
  RegistryClient,
  RegistryClientOptions,
  Repository,
} from "../../../packages/registry/src/index.js";

/** A client that takes no proxy from the environment unless told. */
export function testClient(
  options: RegistryClientOptions = {},
  internals: TransportInternals = {},
): RegistryClient {
  const transport = createTransport({ env: {}, ...options }, internals);
  return makeRegistryClient({ transport, clock: systemClock, signal: options.signal });
}

/** Pauses as short as tests are; what a slow machine takes for an answer is still waited for. */
const shortPauses = { retryBaseMs: 5, retryMaxMs: 20, retryAfterMaxMs: 1500 };

/** A client as others, which soon asks again. */
export function hastyClient(options: RegistryClientOptions = {}): RegistryClient {
  return testClient(options, { limits: shortPauses });
}

/** A hasty client that soon leaves who says nothing, too. */
export function impatientClient(options: RegistryClientOptions = {}): RegistryClient {
  return testClient(options, {
    limits: {
      ...{ connectTimeoutMs: 400, readTimeoutMs: 400, writeTimeoutMs: 2000, idleTimeoutMs: 400 },
      ...{ slowWindowMs: 500, ...shortPauses },
    },
  });
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
