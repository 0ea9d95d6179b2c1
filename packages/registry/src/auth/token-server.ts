import type { RegistrySettings } from "../client/registry-client.js";
import { registryError } from "../errors.js";
import type { Endpoint } from "../http/endpoint.js";
import { follow } from "../http/follow.js";
import type { Hop } from "../http/hop.js";
import { hostTrust } from "../http/host-trust.js";
import type { HttpAnswer } from "../http/http-answer.js";
import type { HttpContext } from "../http/http-context.js";
import { refusal } from "../http/refusal.js";
import { isLoopback } from "../http/registry-host.js";
import { responseInvalid } from "../http/response-invalid.js";
import { toldUrl } from "../http/told-text.js";
import { withRetries } from "../http/with-retries.js";
import { type IssuedToken, parseIssuedToken } from "./issued-token.js";
import { type TokenWish, tokenRequest } from "./token-request.js";

/** Tokens of hundreds of scopes are some tens of KiB. */
const TOKEN_ANSWER_MAX_BYTES = 256 * 1024;
const OK = 200;
/** OAuth2's answer to an identity token that is no longer good. */
const BAD_REQUEST = 400;

/** Asks token servers on behalf of one registry. */
export interface TokenServer {
  readonly context: HttpContext;
  readonly endpoint: Endpoint;
  readonly settings: (registry: string) => RegistrySettings;
}

/** A new token.
 * @throws OciBuildError REGISTRY_UNAUTHORIZED when the server does not accept the credential, REGISTRY_RESPONSE_INVALID
 * for a server that may not be asked or answers nonsense */
export async function askTokenServer(server: TokenServer, wish: TokenWish): Promise<IssuedToken> {
  const { context, endpoint, settings } = server;
  checkRealm(server, wish.realm);
  const { method, url, headers, form } = tokenRequest(wish);
  const trust = (of: URL): Hop["trust"] => hostTrust(settings, endpoint, of);
  const bytes = form === undefined ? undefined : Buffer.from(form);
  const body = bytes === undefined ? undefined : { size: bytes.length, open: () => bytes };
  const hop: Hop = { registry: endpoint.registry, method, url, trust: trust(url), headers, body };
  const login = wish.credential === undefined ? "none" : "used";
  const plainHttp = url.protocol === "http:" ? "allowed" : "refused";
  const answer = await withRetries(context, {
    expect: [OK, BAD_REQUEST],
    retry: "safe",
    attemptsMax: context.limits.attemptsMax,
    send: async () => {
      const answer = await follow(context, hop, { plainHttp, trust });
      return { kind: "answer", answer, login };
    },
  });
  if (answer.status === OK) return readToken(context, answer);
  throw await refusal(context, answer, { login, meaning: login === "used" ? "unauthorized" : undefined });
}

async function readToken(context: HttpContext, answer: HttpAnswer): Promise<IssuedToken> {
  const text = (await answer.bytes(TOKEN_ANSWER_MAX_BYTES)).toString("utf8");
  const issued = parseIssuedToken(text);
  if (issued !== undefined) return issued;
  throw responseInvalid(answer.hop, { problem: "token-invalid", mask: context.mask });
}

/** A token server gets what the registry's credentials are, since the protocol has it so; hence it has to speak https.
 * Without https it may be one that the user calls insecure, one on the host of a registry that is spoken to without
 * https itself, or one on this machine for a registry on this machine. */
function checkRealm({ context, endpoint, settings }: TokenServer, realm: URL): void {
  if (realm.protocol === "https:" || isPlainRealmAllowed(endpoint, settings, realm)) return;
  const data = {
    registry: endpoint.registry,
    method: "GET",
    url: context.mask.hide(toldUrl(realm)),
    problem: "realm-insecure" as const,
  };
  throw registryError("REGISTRY_RESPONSE_INVALID", {
    message: `${endpoint.registry} names a token server that does not speak https: ${data.url}`,
    data,
    hint: `If you trust the network up to it, say so with --insecure-registry ${realm.host}.`,
  });
}

function isPlainRealmAllowed({ origin }: Endpoint, settings: TokenServer["settings"], realm: URL): boolean {
  if (settings(realm.host).insecure === true) return true;
  if (origin.protocol === "http:" && origin.hostname === realm.hostname) return true;
  return isLoopback(origin.host) && isLoopback(realm.host);
}
