import type { RegistryWarning } from "../client/registry-client.js";
import type { Clock } from "./clock.js";
import type { Connections } from "./connections.js";
import type { HttpLimits } from "./http-limits.js";
import type { SecretMask } from "./secret-mask.js";

/** What all requests of a transport share. */
export interface HttpContext {
  readonly clock: Clock;
  readonly connections: Connections;
  readonly limits: HttpLimits;
  readonly mask: SecretMask;
  readonly signal: AbortSignal | undefined;
  readonly warn: (warning: RegistryWarning) => void;
}
