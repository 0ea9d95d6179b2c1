import { parseUrl } from "./parse-url.js";

/** The address that a `Location` names, seen from where it came from; undefined when it is none to go to. One of the
 * same host and port without https is taken as one with it: registries behind a proxy that ends TLS often do not know
 * better, and nothing is lost. */
export function resolveLocation(text: string | undefined, base: URL): URL | undefined {
  if (text === undefined) return undefined;
  const url = parseUrl(text, base);
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  url.hash = "";
  if (base.protocol === "https:" && url.protocol === "http:" && url.host === base.host) {
    return new URL(`https://${base.host}${url.pathname}${url.search}`);
  }
  return url;
}
