import { isOciBuildError } from "@oci-build/oci";
import { Authorizer, type Login, NOBODY } from "../auth/authorizer.js";
import type { Credentials } from "../auth/credentials.js";
import type { RegistrySettings } from "../client/registry-client.js";
import type { Endpoint } from "./endpoint.js";
import { type FollowOptions, follow } from "./follow.js";
import type { Hop } from "./hop.js";
import { hostTrust } from "./host-trust.js";
import type { HttpAnswer } from "./http-answer.js";
import type { HttpContext } from "./http-context.js";
import { responseInvalid } from "./response-invalid.js";
import { scopesAt, targetUrl } from "./target-url.js";
import type { RegistryRequest } from "./transport.js";
import { unlessAborted } from "./unless-aborted.js";
import type { Sent } from "./with-retries.js";

/** What the requests to all endpoints share. */
export interface EndpointClientOptions {
  readonly context: HttpContext;
  readonly settings: (registry: string) => RegistrySettings;
  readonly credentials: Credentials;
}

type NoLogin = Extract<Sent, { readonly kind: "no-login" }>;

const UNAUTHORIZED = 401;
const USER_AGENT = "oci-build";

/** Sends requests to one registry, or to one mirror, and logs in there. */
export class EndpointClient {
  readonly #endpoint: Endpoint;
  readonly #context: HttpContext;
  readonly #settings: EndpointClientOptions["settings"];
  readonly #authorizer: Authorizer;

  constructor(endpoint: Endpoint, { context, settings, credentials }: EndpointClientOptions) {
    this.#endpoint = endpoint;
    this.#context = context;
    this.#settings = settings;
    this.#authorizer = new Authorizer({ context, endpoint, settings }, credentials);
  }

  get host(): string {
    return this.#endpoint.origin.host;
  }

  /** Sends a request once; twice when the registry wants to know who asks, or no longer believes it. Only the endpoint
   * itself is told: neither where it redirects to nor another host that it names.
   * @throws OciBuildError REGISTRY_UNREACHABLE, REGISTRY_RESPONSE_INVALID */
  async send(request: RegistryRequest): Promise<Sent> {
    const url = this.#url(request);
    const scopes = scopesAt(this.#endpoint, request.scopes);
    const isOwn = url.origin === this.#endpoint.origin.origin;
    const first = isOwn ? await this.#logIn(this.#authorizer.login(scopes), request) : NOBODY;
    if ("kind" in first) return first;
    const answer = await this.#follow(request, url, first);
    const sent = { kind: "answer", answer, login: first.login } as const;
    if (answer.status !== UNAUTHORIZED || !isOwn || answer.hop.url.origin !== url.origin) return sent;
    const second = await this.#logIn(this.#authorizer.loginAgain(answer, scopes, first), request);
    if (second === undefined) return sent;
    await answer.drop();
    if ("kind" in second) return second;
    return { kind: "answer", answer: await this.#follow(request, url, second), login: second.login };
  }

  /** A login that fails was tried often enough: it is the end of the request, and not of one attempt at it. */
  async #logIn<T extends Login | undefined>(
    work: Promise<T>,
    { signal }: RegistryRequest,
  ): Promise<T | NoLogin> {
    try {
      return await unlessAborted(work, signal);
    } catch (error) {
      if (!isOciBuildError(error) || signal?.aborted === true) throw error;
      return { kind: "no-login", error };
    }
  }

  async #follow(request: RegistryRequest, url: URL, { header }: Login): Promise<HttpAnswer> {
    const { registry, plainHttp } = this.#endpoint;
    const { method, body, signal } = request;
    const trust: FollowOptions["trust"] = (of) => hostTrust(this.#settings, this.#endpoint, of);
    const headers = {
      "user-agent": USER_AGENT,
      ...request.headers,
      ...(header === undefined ? {} : { authorization: header }),
    };
    const hop: Hop = { registry, method, url, trust: trust(url), headers, body, signal };
    return follow(this.#context, hop, { plainHttp, trust });
  }

  #url({ method, target }: RegistryRequest): URL {
    const url = targetUrl(this.#endpoint, target);
    if (url !== undefined) return url;
    const { registry, origin } = this.#endpoint;
    const { mask } = this.#context;
    throw responseInvalid({ registry, method, url: origin }, { problem: "location-invalid", mask });
  }
}
