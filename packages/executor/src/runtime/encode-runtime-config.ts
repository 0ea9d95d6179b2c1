import { type RuntimeConfig, unlimited } from "./runtime-spec.js";

/** As JSON writes the object. No string of a config can look like it, since quotes in strings are escaped. */
const UNLIMITED_JSON = JSON.stringify(unlimited);
const RLIM_INFINITY = "18446744073709551615";

/** The bytes of a config.json. */
export function encodeRuntimeConfig(config: RuntimeConfig): Uint8Array {
  return Buffer.from(JSON.stringify(config).replaceAll(UNLIMITED_JSON, RLIM_INFINITY));
}
