import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import type { Certificate } from "./certificates.js";
import { closed, listening } from "./listening.js";
import type { RegistryToken } from "./registry-config.js";
import { signToken, type TokenAccess } from "./token.js";

export interface TokenServerOptions {
  /** Signs tokens. */
  readonly signer: Certificate;
  /** File of the authority that issued the signer's certificate. */
  readonly authority: string;
  /** Answers with https when given. */
  readonly tls?: Certificate | undefined;
  /** Passwords by name. Default: none. */
  readonly users?: Readonly<Record<string, string>> | undefined;
  /** Users by refresh token, which stands for their password. */
  readonly refreshTokens?: Readonly<Record<string, string>> | undefined;
  /** What a user may do, of what was asked. Default: everybody everything. */
  readonly allow?: ((user: string | undefined, access: TokenAccess) => readonly string[]) | undefined;
  /** How long the registry takes a token. Default: 300. */
  readonly validForSec?: number | undefined;
  /** What the answer says of that, `expires_in`. Default: the truth. */
  readonly saysSec?: number | undefined;
  /** Which of its two names the token has in answers. Default: both. */
  readonly field?: "token" | "access_token" | "both" | undefined;
}

/** What the server was asked. */
interface TokenRequest {
  readonly method: string;
  readonly service: string | null;
  readonly scopes: readonly string[];
  /** Who logged in, by whatever means; undefined for nobody. */
  readonly user: string | undefined;
  readonly by: "nothing" | "basic" | "password" | "refresh_token";
  readonly status: number;
}

/** Hands out tokens by Docker's protocol, both forms.
 * @see https://github.com/distribution/distribution/blob/v2.8.2/docs/spec/auth/token.md
 * @see https://github.com/distribution/distribution/blob/v2.8.2/docs/spec/auth/oauth.md */
export interface TokenServer extends AsyncDisposable {
  /** What a registry that trusts its tokens is set up with. */
  readonly registryToken: RegistryToken;
  readonly realm: string;
  readonly requests: readonly TokenRequest[];
  /** All tokens given out, so that tests can look for them elsewhere. */
  readonly issued: readonly string[];
  /** Changes how long tokens are taken from now on. */
  setValidity(seconds: number): void;
}

const SERVICE = "registry of the tests";
const ISSUER = "token server of the tests";

export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const requests: TokenRequest[] = [];
  const issued: string[] = [];
  let validForSec = options.validForSec ?? 300;
  const answer: http.RequestListener = (request, response) => {
    tokenAnswer(request, { ...options, validForSec })
      .then(({ told, token, body }) => {
        requests.push(told);
        if (token !== undefined) issued.push(token);
        response.writeHead(told.status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      })
      .catch((error: unknown) => response.destroy(error as Error));
  };
  const { tls } = options;
  const server = tls === undefined ? http.createServer(answer) : https.createServer({ ...tls }, answer);
  const port = await listening(server);
  const realm = `${tls === undefined ? "http" : "https"}://localhost:${port}/token`;
  return {
    realm,
    registryToken: { realm, service: SERVICE, issuer: ISSUER, rootCertBundle: options.authority },
    requests,
    issued,
    setValidity(seconds) {
      validForSec = seconds;
    },
    [Symbol.asyncDispose]: () => closed(server),
  };
}

interface TokenAnswer {
  readonly told: TokenRequest;
  readonly token?: string;
  readonly body: object;
}

async function tokenAnswer(request: http.IncomingMessage, options: TokenServerOptions): Promise<TokenAnswer> {
  const { method = "GET" } = request;
  const query = new URL(request.url ?? "/", "http://localhost").searchParams;
  const asked = method === "POST" ? new URLSearchParams(await text(request)) : query;
  const service = asked.get("service");
  const scopes = asked.getAll("scope").flatMap((scope) => scope.split(" "));
  const { by, user, isGood } = whoAsks(request.headers.authorization, asked, options);
  const told = { method, service, scopes, by, user };
  if (!isGood) return { told: { ...told, status: 401 }, body: { details: "incorrect username or password" } };
  const access = scopes.map(parseScope).map((part) => ({ ...part, actions: allowed(part, user, options) }));
  const { signer, validForSec = 300 } = options;
  const claims = { issuer: ISSUER, service: SERVICE, user: user ?? "", access, validForSec };
  const token = signToken(claims, signer);
  return { told: { ...told, status: 200 }, token, body: tokenBody(token, options) };
}

function allowed(
  part: TokenAccess,
  user: string | undefined,
  { allow }: TokenServerOptions,
): readonly string[] {
  if (allow === undefined) return part.actions;
  const may = allow(user, part);
  return part.actions.filter((action) => may.includes(action));
}

interface Asker {
  readonly by: TokenRequest["by"];
  readonly user: string | undefined;
  readonly isGood: boolean;
}

function whoAsks(header: string | undefined, asked: URLSearchParams, options: TokenServerOptions): Asker {
  const { users = {}, refreshTokens = {} } = options;
  const [, basic] = /^Basic (.+)$/i.exec(header ?? "") ?? [];
  if (basic !== undefined) {
    const [user = "", ...rest] = Buffer.from(basic, "base64").toString("utf8").split(":");
    return { by: "basic", user, isGood: users[user] === rest.join(":") };
  }
  const grant = asked.get("grant_type");
  if (grant === "password") {
    const user = asked.get("username") ?? "";
    return { by: "password", user, isGood: users[user] === asked.get("password") };
  }
  if (grant === "refresh_token") {
    const user = refreshTokens[asked.get("refresh_token") ?? ""];
    return { by: "refresh_token", user, isGood: user !== undefined };
  }
  return { by: "nothing", user: undefined, isGood: true };
}

/** `repository:NAME:ACTION,ACTION`, where NAME may hold a port. */
function parseScope(scope: string): TokenAccess {
  const [type = "", ...rest] = scope.split(":");
  const actions = rest.at(-1)?.split(",") ?? [];
  return { type, name: rest.slice(0, -1).join(":"), actions };
}

function tokenBody(token: string, options: TokenServerOptions): object {
  const { validForSec = 300, saysSec = validForSec, field = "both" } = options;
  return {
    ...(field !== "access_token" && { token }),
    ...(field !== "token" && { access_token: token }),
    expires_in: saysSec,
    issued_at: new Date().toISOString(),
  };
}
