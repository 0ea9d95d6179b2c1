import { type Descriptor, kindOfMediaType, parseDigest } from "@oci-build/oci";
import type { RegistryResponse } from "../http/transport.js";
import { contentLength, contentType, requestManifest, statedDigest } from "./manifest-request.js";
import { readManifest } from "./read-manifest.js";
import { digestMismatch } from "./registry-failures.js";
import type { ResolveOptions } from "./repository.js";
import type { RepositoryContext } from "./repository-context.js";

/** What a tag or digest stands for, by asking for no more than the headers where those say it all. What they say is a
 * claim: whoever reads the manifest asks for it by this digest, and that is verified. */
export async function resolveManifest(
  context: RepositoryContext,
  target: string,
  { purpose = "read", signal }: ResolveOptions = {},
): Promise<Descriptor | undefined> {
  const response = await requestManifest(context, { method: "HEAD", target, purpose, signal });
  await response.drop();
  if (response.status === 404) return undefined;
  const told = response.status === 200 ? describedBy(context, target, response) : undefined;
  return told ?? (await readManifest(context, target, { purpose, signal })).descriptor;
}

function describedBy(
  { name }: RepositoryContext,
  target: string,
  response: RegistryResponse,
): Descriptor | undefined {
  const asked = target.includes(":") ? target : undefined;
  const stated = statedDigest(response);
  if (asked !== undefined && stated !== undefined && asked !== stated) {
    throw digestMismatch(name, asked, stated);
  }
  const digest = asked ?? stated;
  const mediaType = contentType(response);
  const size = contentLength(response);
  const kind = kindOfMediaType(mediaType);
  if (digest === undefined || size === undefined || (kind !== "index" && kind !== "manifest"))
    return undefined;
  return { mediaType, digest: parseDigest(digest), size };
}
