import { systemClock } from "../http/clock.js";
import { LazyTransport } from "./lazy-transport.js";
import { makeRegistryClient } from "./make-registry-client.js";
import type { RegistryClient, RegistryClientOptions } from "./registry-client.js";

/** Makes a client for all registries. It is to be closed by the one who makes it; nothing is loaded or connected before
 * the first request. */
export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const transport = new LazyTransport(async () =>
    (await import("../http/create-transport.js")).createTransport(options),
  );
  const { signal, onWarning } = options;
  return makeRegistryClient({ transport, clock: systemClock, signal, onWarning });
}
