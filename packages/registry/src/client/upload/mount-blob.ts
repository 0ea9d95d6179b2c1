import { type Digest, isOciBuildError } from "@oci-build/oci";
import { type RepositoryContext, send } from "../repository-context.js";
import { begun, cancelUpload, type UploadSession } from "./upload-session.js";

/** More repositories are not asked for one blob. */
const ASKED_MAX = 3;

/** What becomes of the wish to mount: `mounted`, or an upload that the registry began instead, or nothing. */
export type MountOutcome = "mounted" | UploadSession | undefined;

/** Has the registry take a blob from another of its repositories. A registry that does not say 201 has not done so;
 * one that does not let us read there, or cannot mount, is no failure.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository */
export async function mountBlob(
  context: RepositoryContext,
  digest: Digest,
  { mountFrom, signal }: { readonly mountFrom: readonly string[]; readonly signal: AbortSignal | undefined },
): Promise<MountOutcome> {
  let session: UploadSession | undefined;
  const others = [...new Set(mountFrom)].filter((from) => from !== context.name.repository);
  for (const from of others.slice(0, ASKED_MAX)) {
    const outcome = await mountFromOne(context, { digest, from, signal });
    if (outcome !== undefined && session !== undefined) await cancelUpload(context, session);
    if (outcome === "mounted") return outcome;
    session = outcome ?? session;
  }
  return session;
}

async function mountFromOne(
  context: RepositoryContext,
  { digest, from, signal }: MountRequest,
): Promise<MountOutcome> {
  try {
    const response = await send(context, {
      method: "POST",
      path: `blobs/uploads/?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`,
      actions: ["pull", "push"],
      further: [{ repository: from, actions: ["pull"] }],
      expect: [201, 202, 400, 404, 405],
      signal,
    });
    await response.drop();
    if (response.status === 201) return "mounted";
    return response.status === 202 ? begun(context, response) : undefined;
  } catch (error) {
    if (isOciBuildError(error, "REGISTRY_UNAUTHORIZED") || isOciBuildError(error, "REGISTRY_FORBIDDEN")) {
      return undefined;
    }
    throw error;
  }
}

/** What to mount from where. */
interface MountRequest {
  readonly digest: Digest;
  readonly from: string;
  readonly signal: AbortSignal | undefined;
}
