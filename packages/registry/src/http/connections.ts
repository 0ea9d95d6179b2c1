import { setMaxListeners } from "node:events";
import type { Readable } from "node:stream";
import type { Dispatchers } from "./dispatchers.js";
import type { Hop } from "./hop.js";
import type { RawAnswer } from "./http-answer.js";
import type { HttpLimits } from "./http-limits.js";
import { NodeClient } from "./node-client.js";
import { proxyFor } from "./proxy-choice.js";
import { TlsOptions } from "./tls-options.js";

export interface ConnectionsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limits: HttpLimits;
}

/** What goes over the wire in one request. */
export interface WireRequest extends Pick<Hop, "headers" | "method" | "trust" | "url"> {
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly signal: AbortSignal;
}

/** The connections to all hosts. What reads goes by Node's own client, which is there at once: loading undici and
 * compiling its parser would be half of a build that does nothing but ask what a tag stands for. What writes, or needs a
 * proxy, goes by undici. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #tls: TlsOptions;
  readonly #node: NodeClient;
  readonly #closing = new AbortController();
  #dispatchers: Promise<Dispatchers> | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#tls = new TlsOptions(options.env);
    this.#node = new NodeClient(options.limits, this.#tls);
    // One for each connection.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Sends a request once.
   * @throws OciBuildError REGISTRY_SETTINGS_INVALID; errors of Node and undici; an AbortError after `close` */
  async request({ method, body, ...request }: WireRequest): Promise<RawAnswer> {
    this.#closing.signal.throwIfAborted();
    const proxy = proxyFor(request.url, this.#options.env);
    if (proxy === undefined && body === null && (method === "GET" || method === "HEAD")) {
      const signal = AbortSignal.any([request.signal, this.#closing.signal]);
      return this.#node.request({ ...request, method, signal });
    }
    const { url, trust, headers, signal } = request;
    const dispatchers = await this.#opened();
    this.#closing.signal.throwIfAborted();
    return dispatchers.find({ url, trust, proxy }).request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers,
      // undici takes any iterable; its types do not say so.
      body: body as Readable | Uint8Array | null,
      signal,
      // undici gives up the connection behind a HEAD, for servers that send a body all the same. Registries do not, and
      // a push asks so about each of its layers.
      reset: false,
    });
  }

  /** The proxy through which an address is reached, by its host: without its user and password. */
  proxyHost(url: URL): string | undefined {
    return proxyFor(url, this.#options.env)?.host;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#node.close();
    await (await this.#dispatchers)?.close();
  }

  #opened(): Promise<Dispatchers> {
    this.#dispatchers ??= this.#open();
    return this.#dispatchers;
  }

  async #open(): Promise<Dispatchers> {
    const { Dispatchers: Opened } = await import("./dispatchers.js");
    const { limits } = this.#options;
    return new Opened({ limits, tls: this.#tls, closing: this.#closing.signal });
  }
}
