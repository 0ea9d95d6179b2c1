import { mediaTypes } from "@oci-build/oci";
import type { RegistryResponse } from "../http/transport.js";
import { manifestPath } from "./manifest-path.js";
import type { RequestOptions, RequestPurpose } from "./repository.js";
import { type RepositoryContext, send } from "./repository-context.js";

/** Everything that a tag may stand for. Registries turn a manifest they have into an older form for a client that does
 * not ask for it, so all are named. */
const ACCEPT: string = [
  mediaTypes.imageIndex,
  mediaTypes.imageManifest,
  mediaTypes.dockerManifestList,
  mediaTypes.dockerManifest,
  "*/*;q=0.5",
].join(", ");

/** How a manifest is asked for. */
export interface ManifestRequest extends RequestOptions {
  readonly method: "GET" | "HEAD";
  readonly target: string;
  /** `read-again` asks the registry itself where a mirror may have failed. */
  readonly purpose: RequestPurpose | "read-again";
}

/** Asks for a manifest; the answer's status is 200, or 404 when there is none. A registry that has no HEAD says 405. */
export function requestManifest(
  context: RepositoryContext,
  { method, target, purpose, signal }: ManifestRequest,
): Promise<RegistryResponse> {
  return send(context, {
    method,
    path: manifestPath(context.name, target),
    actions: purpose === "write" ? ["pull", "push"] : ["pull"],
    headers: { accept: ACCEPT },
    expect: method === "HEAD" ? [200, 404, 405] : [200, 404],
    mirrors: purpose === "read" ? "ask" : undefined,
    signal,
  });
}

/** The digest that an answer says its manifest has; undefined for none and for other algorithms than sha256. */
export function statedDigest(response: RegistryResponse): string | undefined {
  const stated = response.headers["docker-content-digest"];
  return stated !== undefined && /^sha256:[0-9a-f]{64}$/.test(stated) ? stated : undefined;
}

/** The type that an answer says its body has, without parameters. */
export function contentType(response: RegistryResponse): string {
  return (response.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The bytes that an answer says its body has, or undefined. */
export function contentLength(response: RegistryResponse): number | undefined {
  const stated = response.headers["content-length"];
  return stated !== undefined && /^\d{1,15}$/.test(stated) ? Number(stated) : undefined;
}
