import type { Digest } from "@oci-build/oci";
import { parseContentRange } from "./content-range.js";
import { contentLength } from "./manifest-request.js";
import type { RequestOptions } from "./repository.js";
import { type RepositoryContext, send } from "./repository-context.js";

/** Bytes as stored, or undefined when the repository does not have the blob. A registry whose answer to HEAD has no
 * length is asked for one byte, which tells the length too. */
export async function blobSize(
  context: RepositoryContext,
  digest: Digest,
  { signal }: RequestOptions = {},
): Promise<number | undefined> {
  const asked = { path: `blobs/${digest}`, actions: ["pull"], mirrors: "ask", signal } as const;
  const head = await send(context, { ...asked, method: "HEAD", expect: [200, 404] });
  await head.drop();
  if (head.status === 404) return undefined;
  const stated = contentLength(head);
  if (stated !== undefined) return stated;
  const first = await send(context, {
    ...asked,
    method: "GET",
    headers: { range: "bytes=0-0" },
    expect: [200, 206, 404, 416],
  });
  await first.drop();
  if (first.status === 404) return undefined;
  return first.status === 200
    ? contentLength(first)
    : parseContentRange(first.headers["content-range"])?.total;
}
