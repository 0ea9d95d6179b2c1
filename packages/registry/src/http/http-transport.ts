import { isOciBuildError } from "@oci-build/oci";
import { EndpointClient, type EndpointClientOptions } from "./endpoint-client.js";
import { findEndpoint, mirrorEndpoint } from "./find-endpoint.js";
import type { HttpAnswer } from "./http-answer.js";
import type { RegistryRequest, RegistryResponse, Transport } from "./transport.js";
import { unlessAborted } from "./unless-aborted.js";
import { withRetries } from "./with-retries.js";

const NOT_FOUND = 404;

/** Finds registries and their mirrors, and sends what can be repeated until it succeeds. */
export class HttpTransport implements Transport {
  readonly #options: EndpointClientOptions;
  readonly #registries = new Map<string, Promise<EndpointClient>>();
  readonly #mirrors = new Map<string, EndpointClient>();
  /** Until when a mirror is left alone. */
  readonly #resting = new Map<string, number>();

  constructor(options: EndpointClientOptions) {
    this.#options = options;
  }

  async request(request: RegistryRequest): Promise<RegistryResponse> {
    const { context, settings } = this.#options;
    this.#throwIfAborted(request);
    const mirrors = request.mirrors === "ask" ? (settings(request.registry).mirrors ?? []) : [];
    for (const address of mirrors) {
      const answer = await this.#askMirror(address, request);
      if (answer !== undefined) return answer;
    }
    return withRetries(context, {
      ...request,
      attemptsMax: context.limits.attemptsMax,
      send: async () => (await unlessAborted(this.#registry(request.registry), request.signal)).send(request),
    });
  }

  async close(): Promise<void> {
    await this.#options.context.connections.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #throwIfAborted({ signal }: RegistryRequest): void {
    signal?.throwIfAborted();
    this.#options.context.signal?.throwIfAborted();
  }

  /** The mirror's answer; undefined when the next one has to be asked. */
  async #askMirror(address: string, request: RegistryRequest): Promise<HttpAnswer | undefined> {
    const { context } = this.#options;
    if ((this.#resting.get(address) ?? 0) > context.clock.now()) return undefined;
    const mirror = this.#mirror(address);
    try {
      const answer = await withRetries(context, {
        ...request,
        expect: [...request.expect, NOT_FOUND],
        attemptsMax: context.limits.mirrorAttemptsMax,
        send: async () => mirror.send(request),
      });
      if (answer.status !== NOT_FOUND) return answer;
      await answer.drop();
      return undefined;
    } catch (error) {
      this.#throwIfAborted(request);
      if (!isOciBuildError(error)) throw error;
      this.#resting.set(address, context.clock.now() + context.limits.mirrorRestMs);
      const message = `the mirror ${mirror.host} of ${request.registry} is passed over: ${error.message}`;
      context.warn({ code: "REGISTRY_MIRROR_FAILED", message });
      return undefined;
    }
  }

  #mirror(address: string): EndpointClient {
    const known = this.#mirrors.get(address);
    if (known !== undefined) return known;
    const mirror = new EndpointClient(mirrorEndpoint(this.#options.settings, address), this.#options);
    this.#mirrors.set(address, mirror);
    return mirror;
  }

  /** Found once; a search that failed is made again with the next request. */
  async #registry(name: string): Promise<EndpointClient> {
    const known = this.#registries.get(name);
    if (known !== undefined) return known;
    const found = findEndpoint(this.#options, name).then(
      (endpoint) => new EndpointClient(endpoint, this.#options),
    );
    this.#registries.set(name, found);
    try {
      return await found;
    } catch (error) {
      this.#registries.delete(name);
      throw error;
    }
  }
}
