import type { Clock } from "../http/clock.js";
import type { Transport } from "../http/transport.js";
import { REPOSITORY_MAX_LENGTH, registryPattern, repositoryPattern } from "../reference/grammar.js";
import { referenceError } from "../reference/reference-error.js";
import { KnownBlobs } from "./known-blobs.js";
import { openRepository } from "./open-repository.js";
import type { RegistryClient, RegistryClientOptions } from "./registry-client.js";
import type { RepositoryName } from "./repository.js";
import { told } from "./repository-context.js";

/** What a client is made of. */
export interface ClientParts {
  readonly transport: Transport;
  readonly clock: Pick<Clock, "sleep">;
  readonly signal: AbortSignal | undefined;
  readonly onWarning?: RegistryClientOptions["onWarning"];
}

/** A client over a transport. */
export function makeRegistryClient({ transport, clock, signal, onWarning }: ClientParts): RegistryClient {
  const shared = {
    transport,
    known: new KnownBlobs(),
    sleep: clock.sleep,
    warn: onWarning ?? ignore,
    signal,
  };
  return {
    repository(name) {
      requireName(name);
      return openRepository({ ...shared, name });
    },
    async checkLogin(registry) {
      const request = { method: "GET", registry, target: "/v2/", scopes: [], expect: [200] } as const;
      const response = await transport.request({ ...request, retry: "safe" });
      await response.drop();
    },
    close: () => transport.close(),
    [Symbol.asyncDispose]: () => transport.close(),
  };
}

function ignore(): void {
  // Nobody wants to be told.
}

/** Names come into paths; what is none could lead elsewhere. */
function requireName(name: RepositoryName): void {
  const isLong = name.repository.length > REPOSITORY_MAX_LENGTH;
  if (!registryPattern.test(name.registry)) throw referenceError(told(name), "registry-malformed");
  if (isLong || !repositoryPattern.test(name.repository)) {
    throw referenceError(told(name), isLong ? "repository-too-long" : "repository-malformed");
  }
}
