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

/** What the requests to all endpoints share. */
export interface EndpointClientOptions {
  readonly context: HttpContext;
  readonly settings: (registry: string) => RegistrySettings;
  readonly credentials: Credentials;
}

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
   * @throws OciBuildError REGISTRY_UNREACHABLE, REGISTRY_RESPONSE_INVALID, REGISTRY_UNAUTHORIZED from a token server */
  async send(request: RegistryRequest): Promise<{ answer: HttpAnswer; login: Login["login"] }> {
    const url = this.#url(request);
    const scopes = scopesAt(this.#endpoint, request.scopes);
    const isOwn = url.origin === this.#endpoint.origin.origin;
    const wait = async <T>(work: Promise<T>): Promise<T> => unlessAborted(work, request.signal);
    const first = isOwn ? await wait(this.#authorizer.login(scopes)) : NOBODY;
    const answer = await this.#follow(request, url, first);
    if (answer.status !== UNAUTHORIZED || !isOwn || answer.hop.url.origin !== url.origin) {
      return { answer, login: first.login };
    }
    const second = await wait(this.#authorizer.loginAgain(answer, scopes, first));
    if (second === undefined) return { answer, login: first.login };
    await answer.drop();
    return { answer: await this.#follow(request, url, second), login: second.login };
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
