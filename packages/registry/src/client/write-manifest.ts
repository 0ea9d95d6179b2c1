import type { StoredDocument } from "@oci-build/oci";
import { putManifest } from "./put-manifest.js";
import { addReferrer } from "./referrers/tagged-referrers.js";
import type { RequestOptions } from "./repository.js";
import type { RepositoryContext } from "./repository-context.js";

/** Stores a manifest under its digest, or under a tag and its digest. Where it refers to another one and the registry
 * does not keep count of that, the list under the subject's tag is kept.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject */
export async function writeManifest(
  context: RepositoryContext,
  document: StoredDocument,
  { tag, signal }: RequestOptions & { readonly tag: string | undefined },
): Promise<void> {
  const isCounted = await putManifest(context, document, {
    target: tag ?? document.descriptor.digest,
    signal,
  });
  if (!isCounted) await addReferrer(context, document, { signal });
}
