import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import tls from "node:tls";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { RegistrySettings } from "../client/registry-client.js";
import { registryError } from "../errors.js";
import type { HttpLimits } from "./http-limits.js";
import { proxyFor } from "./proxy-choice.js";
import { ProxyPool } from "./proxy-pool.js";
import { trustedRoots } from "./trusted-roots.js";

/** How a host is to be believed, and what we show of ourselves. */
export interface HostTrust extends Pick<RegistrySettings, "ca" | "clientCertificate"> {
  readonly certificates: "verify" | "accept";
}

interface SecureOptions {
  readonly secureContext?: tls.SecureContext;
  readonly rejectUnauthorized?: boolean;
}

export interface DispatchersOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limits: HttpLimits;
}

/** The connections, shared by all hosts of the same proxy and trust. */
export class Dispatchers {
  readonly #options: DispatchersOptions;
  readonly #byKind = new Map<string, Dispatcher>();
  /** Ends connections that are still being made: undici waits for those, for as long as they may take. */
  readonly #closing = new AbortController();
  #roots: readonly string[] | undefined;

  constructor(options: DispatchersOptions) {
    this.#options = options;
    // One for each connection.
    setMaxListeners(0, this.#closing.signal);
  }

  /** @throws OciBuildError REGISTRY_SETTINGS_INVALID; an AbortError after `close` */
  find(url: URL, trust: HostTrust): Dispatcher {
    this.#closing.signal.throwIfAborted();
    const proxy = proxyFor(url, this.#options.env);
    const secure = url.protocol === "https:" ? trust : undefined;
    const kind = kindOf(proxy, secure);
    const known = this.#byKind.get(kind);
    if (known !== undefined) return known;
    const dispatcher = this.#make(proxy, secure === undefined ? {} : this.#tlsOptions(url, secure));
    this.#byKind.set(kind, dispatcher);
    return dispatcher;
  }

  /** The proxy through which an address is reached, by its host: without its user and password. */
  proxyHost(url: URL): string | undefined {
    return proxyFor(url, this.#options.env)?.host;
  }

  async close(): Promise<void> {
    const open = [...this.#byKind.values()];
    this.#byKind.clear();
    const ended = Promise.all(open.map(async (dispatcher) => dispatcher.destroy()));
    this.#closing.abort();
    await ended;
  }

  #make(proxy: URL | undefined, secure: SecureOptions): Dispatcher {
    const { limits } = this.#options;
    const making = { timeout: limits.connectTimeoutMs, signal: this.#closing.signal };
    const connect = { ...secure, ...making };
    const common = {
      connections: limits.connectionsPerHost,
      maxHeaderSize: limits.headersMaxBytes,
      // What matters is measured in one place, by `exchange` and `WatchedBody`.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    if (proxy === undefined) return new Agent({ ...common, connect });
    const believed =
      proxy.protocol === "https:" ? { secureContext: this.#secureContext({ certificates: "verify" }) } : {};
    const proxyTls = { ...believed, ...making };
    return new ProxyAgent({
      ...common,
      uri: proxy.href,
      proxyTunnel: false,
      clientFactory: (origin, options) => new ProxyPool(origin, options),
      requestTls: connect,
      proxyTls,
    });
  }

  #tlsOptions(url: URL, trust: HostTrust): SecureOptions {
    return {
      secureContext: this.#secureContext(trust, url),
      rejectUnauthorized: trust.certificates === "verify",
    };
  }

  #trustedRoots(): readonly string[] {
    this.#roots ??= trustedRoots(this.#options.env);
    return this.#roots;
  }

  /** Made once a kind: hundreds of authorities take tens of milliseconds to read. */
  #secureContext({ ca, clientCertificate, certificates }: HostTrust, url?: URL): tls.SecureContext {
    try {
      const roots = certificates === "verify" ? this.#trustedRoots() : [];
      return tls.createSecureContext({
        ca: [...roots, ...(ca === undefined ? [] : [ca])],
        ...(clientCertificate === undefined ? {} : clientCertificate),
      });
    } catch (error) {
      throw registryError("REGISTRY_SETTINGS_INVALID", {
        message: `the certificates or the key set for ${url?.host ?? "a proxy"} cannot be used`,
        data: { what: url?.host ?? "proxy", problem: String((error as NodeJS.ErrnoException).code) },
        hint: "They must be PEM, and the key must be the certificate's.",
        cause: error,
      });
    }
  }
}

function kindOf(proxy: URL | undefined, trust: HostTrust | undefined): string {
  const { ca, clientCertificate, certificates } = trust ?? {};
  const parts = [proxy?.href, certificates, ca, clientCertificate?.cert, clientCertificate?.key];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
