import { systemClock } from "../http/clock.js";
import { createTransport } from "../http/create-transport.js";
import { makeRegistryClient } from "./make-registry-client.js";
import type { RegistryClient, RegistryClientOptions } from "./registry-client.js";

/** Makes a client for all registries. It is to be closed by the one who makes it; nothing is connected before the first
 * request. */
export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const { signal } = options;
  return makeRegistryClient({ transport: createTransport(options), clock: systemClock, signal });
}
