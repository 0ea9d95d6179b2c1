import type { RegistrySettings } from "../client/registry-client.js";
import type { Endpoint } from "./endpoint.js";
import { isLoopback } from "./registry-host.js";
import type { HostTrust } from "./tls-options.js";

type Settings = (registry: string) => RegistrySettings;

/** How a host is to be believed that is asked on behalf of a registry: the registry's own, one that it redirects to, or
 * its token server. Another host is known by its own settings, to which the registry's authority is added, as Docker
 * does; the registry's client certificate is shown to the registry alone.
 *
 * Loopback is believed without a certificate, as in Docker.
 * Differs: not where certificates are set for it. */
export function hostTrust(settings: Settings, endpoint: Endpoint, url: URL): HostTrust {
  const registry = settings(endpoint.registry);
  const own = url.host === endpoint.origin.host ? registry : settings(url.host);
  const trust = { ca: own.ca ?? registry.ca, clientCertificate: own.clientCertificate };
  const believed = mayBePlain({ ...trust, insecure: own.insecure }, url.host);
  return { ...trust, certificates: believed ? "accept" : "verify" };
}

/** Whether a host may be spoken to without https, or with a certificate that nobody vouches for: when it is said to be insecure, or is on this very machine and
 * has no certificates set for it. */
export function mayBePlain(settings: RegistrySettings, host: string): boolean {
  if (settings.insecure === true) return true;
  return isLoopback(host) && settings.ca === undefined && settings.clientCertificate === undefined;
}
