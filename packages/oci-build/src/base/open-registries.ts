import {
  createRegistryClient,
  dockerCredentials,
  dockerRegistrySettings,
  type RegistryClient,
} from "@oci-build/registry";
import type { RunContext } from "../build-session.js";
import type { RegistryChoices } from "../options/registry-choices.js";

/** Speaks with registries as the options say it, logged in as Docker and podman are. Loaded when it is needed, since it
 * brings undici along; whoever opens it closes it. */
export function openRegistries(
  { insecure, mirrors, env }: RegistryChoices,
  { emit, signal }: RunContext,
): RegistryClient {
  return createRegistryClient({
    credentials: dockerCredentials({ env }),
    settings: dockerRegistrySettings({ insecureRegistries: insecure, mirrors }),
    env,
    signal,
    onWarning: ({ code, message }) => emit({ type: "warning", code, message }),
  });
}
