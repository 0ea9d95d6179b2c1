import type { StoredDocument } from "@oci-build/oci";
import { manifestPath } from "./manifest-path.js";
import { statedDigest } from "./manifest-request.js";
import { digestMismatch } from "./registry-failures.js";
import type { RequestOptions } from "./repository.js";
import { type RepositoryContext, send } from "./repository-context.js";

/** Sends a manifest. True when the registry says that it took note of the manifest's subject. */
export async function putManifest(
  context: RepositoryContext,
  { descriptor, bytes }: StoredDocument,
  { target, signal }: RequestOptions & { readonly target: string },
): Promise<boolean> {
  const response = await send(context, {
    method: "PUT",
    path: manifestPath(context.name, target),
    actions: ["pull", "push"],
    headers: { "content-type": descriptor.mediaType },
    body: { size: bytes.length, open: () => bytes },
    expect: [200, 201, 202],
    signal,
  });
  await response.drop();
  const stated = statedDigest(response);
  if (stated !== undefined && stated !== descriptor.digest) {
    throw digestMismatch(context.name, descriptor.digest, stated);
  }
  return response.headers["oci-subject"] !== undefined;
}
