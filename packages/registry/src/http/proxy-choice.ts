import { isIP, isIPv6 } from "node:net";
import { registryError } from "../errors.js";
import { isInNetwork } from "./network.js";
import { parseUrl } from "./parse-url.js";
import { isLoopback } from "./registry-host.js";

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** The proxy through which an address is to be reached, or undefined for none: HTTPS_PROXY for https, HTTP_PROXY for
 * http, in capitals or not, unless NO_PROXY names the host. Read as programs in Go read them, since Docker is one:
 * loopback needs no proxy; `example.org` covers its subdomains, `.example.org` covers them alone; addresses, networks
 * (`10.0.0.0/8`), ports (`example.org:5000`) and `*` are known.
 *
 * Differs: SOCKS proxies are refused.
 * @throws OciBuildError REGISTRY_SETTINGS_INVALID
 * @see https://pkg.go.dev/golang.org/x/net@v0.30.0/http/httpproxy#Config */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = fromEnvironment(env, name);
  if (text === undefined || isLoopback(url.hostname)) return undefined;
  const exceptions = (fromEnvironment(env, "NO_PROXY") ?? "").split(",");
  return exceptions.some((entry) => isException(entry.trim().toLowerCase(), url))
    ? undefined
    : parseProxy(name, text);
}

function fromEnvironment(env: Environment, name: string): string | undefined {
  return [env[name], env[name.toLowerCase()]].find((value) => value !== undefined && value !== "");
}

function isException(entry: string, url: URL): boolean {
  if (entry === "" || entry === "*") return entry === "*";
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, "");
  if (isInNetwork(host, entry)) return true;
  const { name, port } = splitPort(entry);
  if (port !== undefined && port !== (url.port || DEFAULT_PORTS[url.protocol])) return false;
  if (name.startsWith(".") || name.startsWith("*.")) return host.endsWith(name.replace("*", ""));
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function splitPort(entry: string): { readonly name: string; readonly port: string | undefined } {
  if (isIPv6(entry)) return { name: entry, port: undefined };
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(entry) ?? [];
  return { name: bracketed ?? plain ?? entry, port };
}

function parseProxy(name: string, text: string): URL {
  const url = parseUrl(text.includes("://") ? text : `http://${text}`);
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== "") return url;
  throw registryError("REGISTRY_SETTINGS_INVALID", {
    message: `${name} is not the address of a proxy`,
    data: { what: name, problem: "not an address with http:// or https://" },
    hint: `Write ${name}=http://HOST:PORT.`,
  });
}
