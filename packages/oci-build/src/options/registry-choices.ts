import { buildError } from "../errors.js";
import type { BuildOptions } from "./build-options.js";

/** How registries are spoken with, as the options say it. */
export interface RegistryChoices {
  readonly insecure: readonly string[];
  /** By registry; asked before it when something is read. */
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @throws OciBuildError OPTION_INVALID */
export function registryChoices(
  { insecureRegistries = [], registryMirrors = {}, env = process.env }: BuildOptions,
  insecureOutputs: readonly string[],
): RegistryChoices {
  for (const mirror of Object.values(registryMirrors).flat()) checkMirror(mirror);
  return { insecure: [...insecureRegistries, ...insecureOutputs], mirrors: registryMirrors, env };
}

function checkMirror(mirror: string): void {
  if (/^https?:\/\/[^/@?#]+(?:\/[^@?#]*)?$/.test(mirror)) return;
  throw buildError("OPTION_INVALID", {
    // Untold: it may hold a password.
    message: "a mirror is an address such as https://mirror.example:5000, without a user and a query",
    data: { option: "--registry-mirror", value: "" },
  });
}
