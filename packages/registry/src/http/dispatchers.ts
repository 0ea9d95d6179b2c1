import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { HttpLimits } from "./http-limits.js";
import { ProxyPool } from "./proxy-pool.js";
import { type HostTrust, type TlsOptions, trustKey } from "./tls-options.js";

export interface DispatchersOptions {
  readonly limits: HttpLimits;
  readonly tls: TlsOptions;
  /** Ends connections that are still being made: undici waits for those, for as long as they may take. */
  readonly closing: AbortSignal;
}

/** Where a request goes, and through what. */
export interface Route {
  readonly url: URL;
  readonly trust: HostTrust;
  readonly proxy: URL | undefined;
}

/** undici's connections, shared by all hosts of the same proxy and trust. */
export class Dispatchers {
  readonly #options: DispatchersOptions;
  readonly #byKind = new Map<string, Dispatcher>();

  constructor(options: DispatchersOptions) {
    this.#options = options;
  }

  /** @throws OciBuildError REGISTRY_SETTINGS_INVALID */
  find(route: Route): Dispatcher {
    const { url, trust, proxy } = route;
    const kind = `${trustKey(url, trust)} ${proxy?.href ?? ""}`;
    const known = this.#byKind.get(kind);
    if (known !== undefined) return known;
    const dispatcher = this.#make(route);
    this.#byKind.set(kind, dispatcher);
    return dispatcher;
  }

  async close(): Promise<void> {
    const open = [...this.#byKind.values()];
    this.#byKind.clear();
    await Promise.all(open.map(async (dispatcher) => dispatcher.destroy()));
  }

  #make({ url, trust, proxy }: Route): Dispatcher {
    const { limits, tls, closing } = this.#options;
    const making = { timeout: limits.connectTimeoutMs, signal: closing };
    const connect = { ...tls.of(url, trust), ...making };
    const common = {
      connections: limits.connectionsPerHost,
      maxHeaderSize: limits.headersMaxBytes,
      // What matters is measured in one place, by `exchange` and `WatchedBody`.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    if (proxy === undefined) return new Agent({ ...common, connect });
    // Like any host, but that nobody says "insecure" of it.
    const { secureContext } = tls.of(proxy, { certificates: "verify" });
    const proxyTls = secureContext === undefined ? making : { secureContext, ...making };
    return new ProxyAgent({
      ...common,
      uri: proxy.href,
      proxyTunnel: false,
      clientFactory: (origin, options) => new ProxyPool(origin, options),
      requestTls: connect,
      proxyTls,
    });
  }
}
