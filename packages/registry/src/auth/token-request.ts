import type { Credential } from "./credentials.js";
import { formatScopes, type ScopeSet } from "./scope-set.js";

/** How to ask a token server. */
export interface TokenRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: string | undefined;
}

/** What is asked of a token server. */
export interface TokenWish {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: ScopeSet;
  readonly credential: Exclude<Credential, { readonly kind: "bearer" }> | undefined;
}

const CLIENT_ID = "oci-build";

/** An identity token is exchanged by OAuth2's POST; a name and password, or nothing, are sent with a GET, which all
 * token servers have.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @see https://distribution.github.io/distribution/spec/auth/oauth/ */
export function tokenRequest(wish: TokenWish): TokenRequest {
  const { credential } = wish;
  return credential?.kind === "identity-token"
    ? oauthRequest(wish, credential.identityToken)
    : getRequest(wish);
}

function getRequest({ realm, service, scopes, credential }: TokenWish): TokenRequest {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of formatScopes(scopes)) url.searchParams.append("scope", scope);
  if (credential?.kind !== "basic") return { method: "GET", url, headers: {}, form: undefined };
  const { username, password } = credential;
  url.searchParams.set("account", username);
  return { method: "GET", url, headers: { authorization: basicHeader(username, password) }, form: undefined };
}

function oauthRequest({ realm, service, scopes }: TokenWish, identityToken: string): TokenRequest {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: CLIENT_ID,
    service: service ?? "",
    scope: formatScopes(scopes).join(" "),
    refresh_token: identityToken,
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", url: realm, headers, form: form.toString() };
}

/** The header of basic authentication; names and passwords are UTF-8.
 * @see https://www.rfc-editor.org/rfc/rfc7617 */
export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
