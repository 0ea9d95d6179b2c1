import type { Clock } from "../http/clock.js";
import type { Transport } from "../http/transport.js";
import { KnownBlobs } from "./known-blobs.js";
import { openRepository } from "./open-repository.js";
import type { RegistryClient } from "./registry-client.js";

/** What a client is made of. */
export interface ClientParts {
  readonly transport: Transport;
  readonly clock: Pick<Clock, "sleep">;
  readonly signal: AbortSignal | undefined;
}

/** A client over a transport. */
export function makeRegistryClient({ transport, clock, signal }: ClientParts): RegistryClient {
  const known = new KnownBlobs();
  return {
    repository: (name) => openRepository({ name, transport, known, sleep: clock.sleep, signal }),
    async checkLogin(registry) {
      const request = { method: "GET", registry, target: "/v2/", scopes: [], expect: [200] } as const;
      const response = await transport.request({ ...request, retry: "safe" });
      await response.drop();
    },
    close: () => transport.close(),
    [Symbol.asyncDispose]: () => transport.close(),
  };
}
