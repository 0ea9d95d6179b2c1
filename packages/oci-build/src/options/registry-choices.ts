import type { Credentials, RegistrySettings } from "@oci-build/registry";
import { buildError } from "../errors.js";
import type { BuildOptions } from "./build-options.js";

/** How registries are spoken with, as the options say it. */
export interface RegistryChoices {
  readonly insecure: readonly string[];
  /** By registry; asked before it when something is read. */
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
  /** By registry. */
  readonly settings: Readonly<Record<string, RegistrySettings>>;
  /** Undefined for those of Docker's and podman's files. */
  readonly credentials: Credentials | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @throws OciBuildError OPTION_INVALID */
export function registryChoices(
  {
    insecureRegistries = [],
    registryMirrors = {},
    registry: { credentials, settings = {} } = {},
    env = process.env,
  }: Pick<BuildOptions, "env" | "insecureRegistries" | "registry" | "registryMirrors">,
  insecureOutputs: readonly string[],
): RegistryChoices {
  const ofSettings = Object.values(settings).flatMap(({ mirrors = [] }) => mirrors);
  for (const mirror of [...Object.values(registryMirrors).flat(), ...ofSettings]) checkMirror(mirror);
  const insecure = [...insecureRegistries, ...insecureOutputs];
  return { insecure, mirrors: registryMirrors, settings, credentials, env };
}

function checkMirror(mirror: string): void {
  if (/^https?:\/\/[^/@?#]+(?:\/[^@?#]*)?$/.test(mirror)) return;
  const value = withoutSecrets(mirror);
  throw buildError("OPTION_INVALID", {
    message: `--registry-mirror ${value}: a mirror is an address without a user and a query`,
    data: { option: "--registry-mirror", value },
    hint: "Write an address such as https://mirror.example:5000; what it wants for a login: oci-build login.",
  });
}

/** What was given for a mirror, less what may be a password or a token in it. */
export function withoutSecrets(mirror: string): string {
  return mirror.replace(/^.*@/s, "…@").replace(/[?#].*$/s, "?…");
}
