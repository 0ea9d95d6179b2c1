import { digestOf, isOciBuildError, MANIFEST_MAX_BYTES, type StoredDocument } from "@oci-build/oci";
import { registryError } from "../errors.js";
import type { RegistryResponse } from "../http/transport.js";
import { isCut } from "./is-cut.js";
import { contentType, requestManifest, statedDigest } from "./manifest-request.js";
import { manifestType, refusedByHeader } from "./manifest-type.js";
import { readBody } from "./read-body.js";
import { digestMismatch, manifestMissing, withTarget } from "./registry-failures.js";
import type { RepositoryName, ResolveOptions } from "./repository.js";
import type { RepositoryContext } from "./repository-context.js";

/** How often a manifest is asked for whose body breaks off or is not what it should be. */
const TRIES_MAX = 3;

/** Before the second try; doubled before each further one. */
const PAUSE_MS = 250;

/** As much of what a registry calls a document as an error repeats. */
const SHOWN_MAX = 200;

/** A manifest or index by tag or digest, verified. From the second try on the registry itself is asked and no mirror.
 * @throws OciBuildError REGISTRY_MANIFEST_MISSING, REGISTRY_MANIFEST_TOO_LARGE, REGISTRY_MANIFEST_UNSUPPORTED,
 * REGISTRY_DIGEST_MISMATCH, OCI_DOCUMENT_INVALID */
export async function readManifest(
  context: RepositoryContext,
  target: string,
  options: ResolveOptions = {},
): Promise<StoredDocument> {
  const found = await findManifest(context, target, options);
  if (found === undefined) throw manifestMissing(context.name, target);
  return found;
}

/** As `readManifest`; undefined when there is none. */
export async function findManifest(
  context: RepositoryContext,
  target: string,
  { purpose = "read", signal }: ResolveOptions = {},
): Promise<StoredDocument | undefined> {
  for (let tries = 1; ; tries++) {
    const now = tries > 1 && purpose === "read" ? "read-again" : purpose;
    const response = await requestManifest(context, { method: "GET", target, purpose: now, signal });
    try {
      return await documentOf(context, target, response);
    } catch (error) {
      const mayPass = isCut(error, context, signal) || isOciBuildError(error, "REGISTRY_DIGEST_MISMATCH");
      if (tries >= TRIES_MAX || !mayPass) throw error;
    }
    await context.sleep(PAUSE_MS * 2 ** (tries - 1), signal);
  }
}

async function documentOf(
  { name }: RepositoryContext,
  target: string,
  response: RegistryResponse,
): Promise<StoredDocument | undefined> {
  const header = contentType(response);
  const refused = refusedByHeader(header);
  if (response.status === 404 || refused !== undefined) await response.drop();
  if (response.status === 404) return undefined;
  if (refused !== undefined) throw notReadable(name, target, refused);
  const bytes = await readBody(response, MANIFEST_MAX_BYTES);
  if (bytes === undefined) throw tooLarge(name, target);
  const digest = digestOf(bytes);
  for (const expected of expectedDigests(target, response)) {
    if (expected !== digest) throw digestMismatch(name, expected, digest);
  }
  const type = manifestType(bytes, header, `manifest of ${withTarget(name, target)}`);
  if ("refused" in type) throw notReadable(name, target, type.refused);
  return { descriptor: { mediaType: type.mediaType, digest, size: bytes.length }, bytes };
}

function expectedDigests(target: string, response: RegistryResponse): readonly string[] {
  const stated = statedDigest(response);
  return [...(target.includes(":") ? [target] : []), ...(stated === undefined ? [] : [stated])];
}

function tooLarge(name: RepositoryName, target: string): Error {
  return registryError("REGISTRY_MANIFEST_TOO_LARGE", {
    message: `${withTarget(name, target)} has a manifest of more than ${MANIFEST_MAX_BYTES} bytes`,
    data: { registry: name.registry, repository: name.repository, target, maxBytes: MANIFEST_MAX_BYTES },
  });
}

function notReadable(name: RepositoryName, target: string, found: string): Error {
  const mediaType = found.slice(0, SHOWN_MAX);
  return registryError("REGISTRY_MANIFEST_UNSUPPORTED", {
    message: `${withTarget(name, target)} is not an image that can be read: ${JSON.stringify(mediaType)}`,
    data: { registry: name.registry, repository: name.repository, target, mediaType },
  });
}
