import type { RegistryResponse } from "../../http/transport.js";
import { invalidResponse } from "../invalid-response.js";
import type { RequestOptions } from "../repository.js";
import { type RepositoryContext, send } from "../repository-context.js";

/** Longer is not waited for a registry to drop an upload that nobody wants any more. */
const CANCEL_TIMEOUT_MS = 1000;

/** An upload that a registry has begun. `location` is where it goes on; it changes with each answer.
 * `offset` bytes are there. */
export interface UploadSession {
  readonly location: string;
  readonly offset: number;
  /** The smallest part that the registry takes but for the last one. */
  readonly partMinBytes: number;
}

/** Begins an upload.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs */
export async function startUpload(
  context: RepositoryContext,
  { signal }: RequestOptions = {},
): Promise<UploadSession> {
  const response = await send(context, {
    method: "POST",
    path: "blobs/uploads/",
    actions: ["pull", "push"],
    expect: [202],
    signal,
  });
  await response.drop();
  return begun(context, response);
}

/** How far an upload has got, or undefined when the registry does not have it any more or does not say.
 * A range that ends at 0 may mean one byte or none, so it says nothing. */
export async function findUpload(
  context: RepositoryContext,
  { location, partMinBytes }: UploadSession,
  signal: AbortSignal | undefined,
): Promise<UploadSession | undefined> {
  const response = await send(context, {
    method: "GET",
    location,
    actions: ["pull", "push"],
    expect: [204, 202, 200, 404],
    signal,
  });
  await response.drop();
  const last = response.status === 404 ? 0 : lastByte(response);
  if (last === 0) return undefined;
  return { location: response.location ?? location, offset: last + 1, partMinBytes };
}

/** Lets a registry forget an upload. It does so by itself some day, so a failure is none of ours. */
export async function cancelUpload(context: RepositoryContext, { location }: UploadSession): Promise<void> {
  const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  const request = { method: "DELETE", location, actions: ["pull", "push"], retry: "never", signal } as const;
  const sent = send(context, { ...request, expect: [200, 202, 204, 404, 405] });
  await Promise.allSettled([sent.then((response) => response.drop())]);
}

/** The session that an answer begins. */
export function begun(context: RepositoryContext, response: RegistryResponse): UploadSession {
  if (response.location === undefined) {
    const found = "named no place for an upload";
    throw invalidResponse(context.name, { method: "POST", response, problem: "location-invalid", found });
  }
  const stated = response.headers["oci-chunk-min-length"];
  const partMinBytes = stated !== undefined && /^\d{1,12}$/.test(stated) ? Number(stated) : 0;
  return { location: response.location, offset: 0, partMinBytes };
}

/** The session after a part was taken, up to `offset` unless the registry says otherwise. */
export function continued(session: UploadSession, response: RegistryResponse, offset: number): UploadSession {
  const last = lastByte(response);
  return {
    ...session,
    location: response.location ?? session.location,
    offset: last > 0 && last < offset ? last + 1 : offset,
  };
}

/** `0-99`: a hundred bytes are there. */
function lastByte(response: RegistryResponse): number {
  const match = /^(?:bytes=)?0-(\d{1,15})$/.exec(response.headers["range"] ?? "");
  return match === null ? 0 : Number(match[1]);
}
