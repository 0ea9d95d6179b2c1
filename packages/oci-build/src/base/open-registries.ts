import {
  createRegistryClient,
  dockerCredentials,
  dockerRegistrySettings,
  type RegistryClient,
  type RegistrySettings,
} from "@oci-build/registry";
import type { RunContext } from "../build-session.js";
import type { RegistryChoices } from "../options/registry-choices.js";

/** Speaks with registries as the options say it, logged in as Docker and podman are. Loaded when it is needed, since it
 * brings undici along; whoever opens it closes it. */
export function openRegistries(choices: RegistryChoices, { emit, signal }: RunContext): RegistryClient {
  const { env, credentials = dockerCredentials({ env }) } = choices;
  return createRegistryClient({
    credentials,
    settings: registrySettingsBy(choices),
    env,
    signal,
    onWarning: ({ code, message }) => emit({ type: "warning", code, message }),
  });
}

/** What is said of a registry by its name, over what is found of it. */
export function registrySettingsBy({
  insecure,
  mirrors,
  settings,
}: Pick<RegistryChoices, "insecure" | "mirrors" | "settings">): (registry: string) => RegistrySettings {
  const found = dockerRegistrySettings({ insecureRegistries: insecure, mirrors });
  return (registry) => {
    const known = found(registry);
    const said = Object.hasOwn(settings, registry) ? settings[registry] : undefined;
    if (said === undefined) return known;
    return {
      insecure: known.insecure === true || said.insecure === true,
      mirrors: [...(known.mirrors ?? []), ...(said.mirrors ?? [])],
      ca: said.ca ?? known.ca,
      clientCertificate: said.clientCertificate ?? known.clientCertificate,
    };
  };
}
