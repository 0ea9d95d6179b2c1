import type { Digest } from "@oci-build/oci";
import { type RepositoryContext, send } from "../repository-context.js";

/** Whether the registry itself has a blob. Asked as somebody who writes, so that no token for reading alone need be
 * fetched first. */
export async function isThere(
  context: RepositoryContext,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const response = await send(context, {
    method: "HEAD",
    path: `blobs/${digest}`,
    actions: ["pull", "push"],
    expect: [200, 404],
    signal,
  });
  await response.drop();
  return response.status === 200;
}
