import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { RawAnswer } from "./http-answer.js";
import type { HttpLimits } from "./http-limits.js";
import { type HostTrust, type TlsOptions, trustKey } from "./tls-options.js";
import { CONNECT_TIMEOUT } from "./unreachable.js";
import { Watchdog } from "./watchdog.js";

/** A request without a body. */
export interface ReadingRequest {
  readonly url: URL;
  readonly trust: HostTrust;
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A connection that was not made in time. Has a `code`, as errors of connections have. */
class ConnectTimeout extends Error {
  readonly code: string = CONNECT_TIMEOUT;
}

/** Reads by the HTTP client that is part of Node. */
export class NodeClient {
  readonly #limits: HttpLimits;
  readonly #tls: TlsOptions;
  readonly #agents = new Map<string, http.Agent>();

  constructor(limits: HttpLimits, tls: TlsOptions) {
    this.#limits = limits;
    this.#tls = tls;
  }

  /** @throws OciBuildError REGISTRY_SETTINGS_INVALID; Node's errors */
  request({ url, trust, method, headers, signal }: ReadingRequest): Promise<RawAnswer> {
    const agent = this.#agent(url, trust);
    const client = url.protocol === "https:" ? https : http;
    const options = { ...addressOf(url), agent, method, signal, maxHeaderSize: this.#limits.headersMaxBytes };
    return new Promise<RawAnswer>((resolve, reject) => {
      const request = client.request(options);
      // Options become those of the connection too, which NODE_DEBUG prints.
      for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
      request.on("socket", (socket) => this.#watchConnecting(request, socket));
      request.on("error", reject);
      request.on("response", (body) => {
        // Whoever reads it is told; it may also end before somebody does.
        body.on("error", () => undefined);
        resolve({ statusCode: body.statusCode ?? 0, headers: body.headers, body });
      });
      request.end();
    });
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #agent(url: URL, trust: HostTrust): http.Agent {
    const kind = trustKey(url, trust);
    const known = this.#agents.get(kind);
    if (known !== undefined) return known;
    const options = { keepAlive: true, maxSockets: this.#limits.connectionsPerHost };
    const agent =
      url.protocol === "https:"
        ? new https.Agent({ ...options, ...this.#tls.of(url, trust) })
        : new http.Agent(options);
    this.#agents.set(kind, agent);
    return agent;
  }

  #watchConnecting(request: http.ClientRequest, socket: Duplex & { readonly connecting?: boolean }): void {
    if (socket.connecting !== true) return;
    const watchdog = new Watchdog(() => request.destroy(new ConnectTimeout("no connection in time")));
    watchdog.start(this.#limits.connectTimeoutMs);
    const isSecure = request.protocol === "https:";
    socket.once(isSecure ? "secureConnect" : "connect", () => watchdog.stop());
    socket.once("close", () => watchdog.stop());
  }
}

/** An address without its user and password, which Node would send, and with its query in `path` alone, which is no
 * part of what a connection is made with. */
function addressOf({ protocol, hostname, port, pathname, search }: URL): http.RequestOptions {
  const host = hostname.replace(/^\[|\]$/g, "");
  return { protocol, host, port: port === "" ? undefined : port, path: `${pathname}${search}` };
}
