import type { AccessScope, RegistryRequest, RegistryResponse, Transport } from "../http/transport.js";
import type { KnownBlobs } from "./known-blobs.js";
import type { RegistryWarning } from "./registry-client.js";
import type { RepositoryName } from "./repository.js";

/** What every operation on a repository works with. */
export interface RepositoryContext {
  readonly name: RepositoryName;
  readonly transport: Transport;
  readonly known: KnownBlobs;
  readonly sleep: Sleep;
  readonly warn: (warning: RegistryWarning) => void;
  /** Aborted when the whole client is to stop. */
  readonly signal: AbortSignal | undefined;
}

/** Waits; rejects with the signal's reason as soon as that is aborted. */
type Sleep = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

/** A request inside a repository. `path` follows `/v2/<repository>/`; `location` stands for a whole address that the
 * registry gave. */
export interface RepositoryRequest
  extends Omit<RegistryRequest, "registry" | "target" | "scopes" | "expect" | "retry"> {
  readonly path?: string;
  readonly location?: string;
  readonly actions: AccessScope["actions"];
  /** What must be allowed in other repositories. */
  readonly further?: readonly AccessScope[];
  readonly expect: readonly number[];
  readonly retry?: RegistryRequest["retry"];
}

/** Sends a request to the registry of a repository. */
export function send(context: RepositoryContext, request: RepositoryRequest): Promise<RegistryResponse> {
  const { registry, repository } = context.name;
  const { path, location, actions, further, retry, ...rest } = request;
  return context.transport.request({
    ...rest,
    registry,
    target: location ?? `/v2/${repository}/${path ?? ""}`,
    scopes: [{ repository, actions }, ...(further ?? [])],
    retry: retry ?? "safe",
  });
}

/** Whether everything, or this one call, is to stop. */
export function isAborted(context: RepositoryContext, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true || context.signal?.aborted === true;
}

/** The repository in full, for messages. */
export function told({ registry, repository }: RepositoryName): string {
  return `${registry}/${repository}`;
}

/** Tells of a blob whose transfer broke off and goes on. */
export function warnOfBreak(
  { name, warn }: RepositoryContext,
  { digest, atByte, doing }: { readonly digest: string; readonly atByte: number; readonly doing: string },
): void {
  const message = `${told(name)}: ${doing} of blob ${digest} broke off at byte ${atByte}; going on`;
  warn({ code: "REGISTRY_RETRY", message });
}
