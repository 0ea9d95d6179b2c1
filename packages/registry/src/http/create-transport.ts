import type { Credentials } from "../auth/credentials.js";
import type { RegistryClientOptions, RegistrySettings } from "../client/registry-client.js";
import { type Clock, systemClock } from "./clock.js";
import { Connections } from "./connections.js";
import { type HttpLimits, httpLimits } from "./http-limits.js";
import { HttpTransport } from "./http-transport.js";
import { SecretMask } from "./secret-mask.js";
import type { Transport } from "./transport.js";

/** What tests put in place of the real time and limits. */
export interface TransportInternals {
  readonly clock?: Clock | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
}

const nobody: Credentials = { find: async () => undefined };
const noSettings = (): RegistrySettings => ({});

/** Makes a transport. Nothing is connected before the first request. */
export function createTransport(
  options: RegistryClientOptions = {},
  { clock = systemClock, limits: given }: TransportInternals = {},
): Transport {
  const limits = { ...httpLimits, ...given };
  const { env = process.env, signal, onWarning = () => undefined } = options;
  const connections = new Connections({ env, limits });
  const context = { clock, connections, limits, mask: new SecretMask(), signal, warn: onWarning };
  const { settings = noSettings, credentials = nobody } = options;
  return new HttpTransport({ context, settings, credentials });
}
