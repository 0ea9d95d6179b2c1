import type { Endpoint } from "./endpoint.js";
import { resolveLocation } from "./resolve-location.js";
import type { AccessScope } from "./transport.js";

/** The address of a request's target at an endpoint; undefined for one that may not be asked. */
export function targetUrl({ origin, prefix, plainHttp }: Endpoint, target: string): URL | undefined {
  const path = prefix === "" ? target : target.replace(/^\/v2\/(?=.)/, `/v2/${prefix}`);
  const url = resolveLocation(path, origin);
  return url?.protocol === "http:" && plainHttp === "refused" ? undefined : url;
}

/** The scopes as the endpoint calls them. */
export function scopesAt({ prefix }: Endpoint, scopes: readonly AccessScope[]): readonly AccessScope[] {
  return prefix === ""
    ? scopes
    : scopes.map(({ repository, actions }) => ({ repository: `${prefix}${repository}`, actions }));
}
