import { type Digest, isOciBuildError, type StoredDocument } from "@oci-build/oci";
import { manifestPath } from "./manifest-path.js";
import { findManifest } from "./read-manifest.js";
import { removeReferrer } from "./referrers/tagged-referrers.js";
import { blobMissing, manifestMissing, unsupported } from "./registry-failures.js";
import type { RequestOptions } from "./repository.js";
import { type RepositoryContext, send } from "./repository-context.js";

/** How registries say that they do not delete: the tag is no digest to them, or they delete nothing. */
const UNSUPPORTED_STATUSES: readonly number[] = [400, 405, 501];

/** What is wrong with a manifest that nobody can read. */
const UNREADABLE: ReadonlySet<string> = new Set([
  "REGISTRY_MANIFEST_UNSUPPORTED",
  "REGISTRY_MANIFEST_TOO_LARGE",
  "REGISTRY_DIGEST_MISMATCH",
  "OCI_DOCUMENT_INVALID",
]);

/** Takes a manifest away by digest, or a tag where the registry can. A manifest that refers to another one is taken
 * out of the list of its referrers, where the registry keeps none itself.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#deleting-manifests */
export async function deleteManifest(
  context: RepositoryContext,
  target: string,
  { signal }: RequestOptions = {},
): Promise<void> {
  const isDigest = target.includes(":");
  const document = isDigest ? await findReadable(context, target, signal) : undefined;
  const status = await sendDelete(context, manifestPath(context.name, target), signal);
  if (status === 404) throw manifestMissing(context.name, target);
  if (UNSUPPORTED_STATUSES.includes(status)) {
    throw unsupported(context.name, isDigest ? "to delete manifests" : "to delete a tag");
  }
  if (document !== undefined) await removeReferrer(context, document, { signal });
}

/** Takes a blob away.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#deleting-blobs */
export async function deleteBlob(
  context: RepositoryContext,
  digest: Digest,
  { signal }: RequestOptions = {},
): Promise<void> {
  context.known.forget(context.name, digest);
  const status = await sendDelete(context, `blobs/${digest}`, signal);
  if (status === 404) throw blobMissing(context.name, digest);
  if (UNSUPPORTED_STATUSES.includes(status)) throw unsupported(context.name, "to delete blobs");
}

/** A manifest that can be read; what cannot be is deleted all the same. */
async function findReadable(
  context: RepositoryContext,
  digest: string,
  signal: AbortSignal | undefined,
): Promise<StoredDocument | undefined> {
  try {
    return await findManifest(context, digest, { purpose: "write", signal });
  } catch (error) {
    if (isOciBuildError(error) && UNREADABLE.has(error.code)) return undefined;
    throw error;
  }
}

async function sendDelete(
  context: RepositoryContext,
  path: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const response = await send(context, {
    method: "DELETE",
    path,
    actions: ["pull", "delete"],
    expect: [200, 202, 204, 404, ...UNSUPPORTED_STATUSES],
    signal,
  });
  await response.drop();
  return response.status;
}
