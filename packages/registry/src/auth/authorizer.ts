import type { HttpAnswer } from "../http/http-answer.js";
import { parseUrl } from "../http/parse-url.js";
import { responseInvalid } from "../http/response-invalid.js";
import type { AccessScope } from "../http/transport.js";
import type { Credential, Credentials } from "./credentials.js";
import type { IssuedToken } from "./issued-token.js";
import { type Challenge, parseChallenges } from "./parse-challenges.js";
import { joinScopes, parseScopes, type ScopeSet, scopeSet } from "./scope-set.js";
import { TokenCache } from "./token-cache.js";
import { basicHeader, type TokenWish } from "./token-request.js";
import { askTokenServer, type TokenServer } from "./token-server.js";

/** What to show with a request. */
export interface Login {
  /** The value of `Authorization`. */
  readonly header: string | undefined;
  /** Whether it stands for somebody. */
  readonly login: "used" | "none";
}

/** How a registry wants to be told who asks. */
type Scheme =
  | { readonly kind: "basic" }
  | { readonly kind: "bearer"; readonly realm: URL; readonly service: string | undefined };

/** Nothing is shown. */
export const NOBODY: Login = { header: undefined, login: "none" };

/** Logs in at one registry, or one mirror: remembers how it wants it, the credentials and the tokens. */
export class Authorizer {
  readonly #server: TokenServer;
  readonly #credentials: Credentials;
  readonly #found = new Map<string, Promise<Credential | undefined>>();
  readonly #tokens: TokenCache;
  /** New identity tokens by the ones that they stand for. */
  readonly #renewed = new Map<string, string>();
  #scheme: Scheme | undefined;
  #isWithholdingTold = false;

  constructor(server: TokenServer, credentials: Credentials) {
    this.#server = server;
    this.#credentials = credentials;
    this.#tokens = new TokenCache(server.context.clock);
  }

  /** What to show with a request: nothing before the registry has said what it wants. */
  async login(scopes: readonly AccessScope[]): Promise<Login> {
    if (this.#scheme === undefined) return NOBODY;
    return this.#logIn(this.#scheme, scopeSet(scopes), scopes);
  }

  /** What to show after an answer that refused `shown`; undefined when there is nothing else.
   * @throws OciBuildError REGISTRY_RESPONSE_INVALID for a challenge that cannot be met */
  async loginAgain(
    answer: HttpAnswer,
    scopes: readonly AccessScope[],
    shown: Login,
  ): Promise<Login | undefined> {
    const challenge = this.#choose(answer);
    if (challenge === undefined) return undefined;
    this.#scheme = challenge.scheme;
    const token = shown.header?.replace(/^Bearer /, "");
    if (token !== undefined) await this.#tokens.forget(token);
    const login = await this.#logIn(challenge.scheme, joinScopes(scopeSet(scopes), challenge.scopes), scopes);
    return login.header === undefined || login.header === shown.header ? undefined : login;
  }

  async #logIn(scheme: Scheme, wanted: ScopeSet, scopes: readonly AccessScope[]): Promise<Login> {
    const credential = await this.#credential(scopes[0]?.repository);
    if (scheme.kind === "basic") {
      if (credential?.kind !== "basic") return NOBODY;
      return { header: basicHeader(credential.username, credential.password), login: "used" };
    }
    if (credential?.kind === "bearer") return { header: `Bearer ${credential.token}`, login: "used" };
    const token = await this.#tokens.find(JSON.stringify(credential ?? null), wanted, async () =>
      this.#ask({ realm: scheme.realm, service: scheme.service, scopes: wanted, credential }),
    );
    return { header: `Bearer ${token}`, login: credential === undefined ? "none" : "used" };
  }

  async #ask(wish: TokenWish): Promise<IssuedToken> {
    const { credential } = wish;
    const renewed =
      credential?.kind === "identity-token" ? this.#renewed.get(credential.identityToken) : undefined;
    const current =
      renewed === undefined ? credential : ({ kind: "identity-token", identityToken: renewed } as const);
    const issued = await askTokenServer(this.#server, { ...wish, credential: current });
    const { mask } = this.#server.context;
    mask.add(issued.token);
    if (credential?.kind === "identity-token" && issued.identityToken !== undefined) {
      mask.add(issued.identityToken);
      this.#renewed.set(credential.identityToken, issued.identityToken);
    }
    return issued;
  }

  async #credential(repository: string | undefined): Promise<Credential | undefined> {
    const key = repository ?? "";
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const asked = this.#findCredential(repository);
    this.#found.set(key, asked);
    return asked;
  }

  async #findCredential(repository: string | undefined): Promise<Credential | undefined> {
    const { endpoint, context } = this.#server;
    const credential = await this.#credentials.find(endpoint.registry, repository);
    if (credential === undefined) return undefined;
    if (endpoint.credentials === "send") {
      context.mask.add(...secretsOf(credential));
      return credential;
    }
    if (!this.#isWithholdingTold) {
      this.#isWithholdingTold = true;
      const message = `the login for ${endpoint.registry} is not used, since it does not speak https`;
      context.warn({ code: "REGISTRY_CREDENTIALS_IGNORED", message });
    }
    return undefined;
  }

  /** Tokens before passwords, as Docker. */
  #choose(answer: HttpAnswer): { readonly scheme: Scheme; readonly scopes: ScopeSet } | undefined {
    const header = answer.headers["www-authenticate"];
    if (header === undefined) return undefined;
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    const none: ScopeSet = new Map();
    if (bearer !== undefined) {
      const scopes = parseScopes(bearer.parameters.get("scope") ?? "");
      return { scheme: { kind: "bearer", ...this.#bearer(answer, bearer) }, scopes };
    }
    if (challenges.some(({ scheme }) => scheme === "basic"))
      return { scheme: { kind: "basic" }, scopes: none };
    throw this.#invalid(answer);
  }

  #bearer(
    answer: HttpAnswer,
    { parameters }: Challenge,
  ): { readonly realm: URL; readonly service: string | undefined } {
    const realm = parseUrl(parameters.get("realm") ?? "");
    if (realm === undefined || !/^https?:$/.test(realm.protocol)) throw this.#invalid(answer);
    if (realm.username !== "" || realm.password !== "") throw this.#invalid(answer);
    return { realm, service: parameters.get("service") };
  }

  #invalid({ hop }: HttpAnswer): Error {
    return responseInvalid(hop, { problem: "challenge-invalid", mask: this.#server.context.mask });
  }
}

function secretsOf(credential: Credential): readonly string[] {
  // Both together are what goes over the wire, in base64.
  if (credential.kind === "basic")
    return [credential.password, `${credential.username}:${credential.password}`];
  return [credential.kind === "bearer" ? credential.token : credential.identityToken];
}
