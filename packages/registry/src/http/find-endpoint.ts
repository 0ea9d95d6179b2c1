import { isOciBuildError } from "@oci-build/oci";
import type { RegistrySettings } from "../client/registry-client.js";
import { registryError } from "../errors.js";
import type { Endpoint } from "./endpoint.js";
import { exchange } from "./exchange.js";
import { hostTrust, mayBePlain } from "./host-trust.js";
import type { HttpContext } from "./http-context.js";
import { parseUrl } from "./parse-url.js";
import { registryHost } from "./registry-host.js";

/** What finding a registry needs. */
export interface EndpointSearch {
  readonly context: HttpContext;
  readonly settings: (registry: string) => RegistrySettings;
}

/** What servers of TLS answer to who speaks http. */
const BAD_REQUEST = 400;

/** Where a registry is. One that need not speak https is tried with it first, and without it when that fails, as Docker
 * does; this asks for `/v2/` once.
 * @throws OciBuildError REGISTRY_UNREACHABLE, REGISTRY_SETTINGS_INVALID */
export async function findEndpoint(search: EndpointSearch, registry: string): Promise<Endpoint> {
  const host = registryHost(registry);
  const origin = originOf(host);
  const secure = { registry, origin, prefix: "", plainHttp: "refused", credentials: "send" } as const;
  const settings = search.settings(registry);
  if (!mayBePlain(settings, origin.host)) return secure;
  const lenient = { ...secure, plainHttp: "allowed" } as const;
  try {
    await probe(search, lenient);
    return lenient;
  } catch (error) {
    if (
      !isOciBuildError(error, "REGISTRY_UNREACHABLE") &&
      !isOciBuildError(error, "REGISTRY_RESPONSE_INVALID")
    ) {
      throw error;
    }
    const plain = { ...lenient, origin: new URL(`http://${host}`) };
    if ((await probe(search, plain)) === BAD_REQUEST) throw error;
    return plain;
  }
}

/** @throws OciBuildError REGISTRY_SETTINGS_INVALID, which does not repeat what may hold a password */
function originOf(host: string): URL {
  const url = parseUrl(`https://${host}`);
  if (url !== undefined && url.href === `https://${url.host}/`) return url;
  throw registryError("REGISTRY_SETTINGS_INVALID", {
    message: "the registry's name is not a host with an optional port",
    data: { what: "registry", problem: "not a host with an optional port" },
  });
}

async function probe({ context, settings }: EndpointSearch, endpoint: Endpoint): Promise<number> {
  const url = new URL("/v2/", endpoint.origin);
  const trust = hostTrust(settings, endpoint, url);
  const { registry } = endpoint;
  const answer = await exchange(context, { registry, method: "GET", url, trust, headers: {} });
  await answer.drop();
  return answer.status;
}

/** Where a mirror is. Its repositories may lie below a path: `https://host/path` asks for `/v2/path/…`. The scheme is as
 * given; credentials go to one without https only where registries without it are allowed.
 * @throws OciBuildError REGISTRY_SETTINGS_INVALID */
export function mirrorEndpoint(settings: (registry: string) => RegistrySettings, address: string): Endpoint {
  const url = parseUrl(address);
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw registryError("REGISTRY_SETTINGS_INVALID", {
      message: "a mirror's address is not one of http:// or https:// without a user",
      data: { what: "mirror", problem: "not an address" },
      hint: "Write a mirror as https://HOST[:PORT].",
    });
  }
  const plain = url.protocol === "http:";
  const prefix = url.pathname.replace(/^\/v2(?=\/|$)/, "").replace(/^\/+|\/+$/g, "");
  return {
    registry: url.host,
    origin: new URL(url.origin),
    prefix: prefix === "" ? "" : `${prefix}/`,
    plainHttp: plain ? "allowed" : "refused",
    credentials: plain && !mayBePlain(settings(url.host), url.host) ? "withhold" : "send",
  };
}
