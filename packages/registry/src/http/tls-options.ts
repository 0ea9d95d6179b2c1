import { createHash } from "node:crypto";
import tls from "node:tls";
import type { RegistrySettings } from "../client/registry-client.js";
import { registryError } from "../errors.js";
import { trustedRoots } from "./trusted-roots.js";

/** How a host is to be believed, and what we show of ourselves. */
export interface HostTrust extends Pick<RegistrySettings, "ca" | "clientCertificate"> {
  readonly certificates: "verify" | "accept";
}

/** What a connection is made with; nothing for one without TLS. */
export interface SecureOptions {
  readonly secureContext?: tls.SecureContext;
  readonly rejectUnauthorized?: boolean;
}

/** The TLS settings of connections. */
export class TlsOptions {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #contexts = new Map<string, tls.SecureContext>();
  #roots: readonly string[] | undefined;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  /** @throws OciBuildError REGISTRY_SETTINGS_INVALID */
  of(url: URL, trust: HostTrust): SecureOptions {
    if (url.protocol !== "https:") return {};
    return {
      secureContext: this.#context(trust, url),
      rejectUnauthorized: trust.certificates === "verify",
    };
  }

  #trustedRoots(): readonly string[] {
    this.#roots ??= trustedRoots(this.#env);
    return this.#roots;
  }

  /** Made once: hundreds of authorities take tens of milliseconds to read. */
  #context(trust: HostTrust, url: URL): tls.SecureContext {
    const key = trustKey(url, trust);
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    const made = this.#make(trust, url);
    this.#contexts.set(key, made);
    return made;
  }

  #make({ ca, clientCertificate, certificates }: HostTrust, url: URL): tls.SecureContext {
    try {
      const roots = certificates === "verify" ? this.#trustedRoots() : [];
      return tls.createSecureContext({
        ca: [...roots, ...(ca === undefined ? [] : [ca])],
        ...(clientCertificate === undefined ? {} : clientCertificate),
      });
    } catch (error) {
      throw registryError("REGISTRY_SETTINGS_INVALID", {
        message: `the certificates or the key set for ${url.host} cannot be used`,
        data: { what: url.host, problem: String((error as NodeJS.ErrnoException).code) },
        hint: "They must be PEM, and the key must be the certificate's.",
        cause: error,
      });
    }
  }
}

/** The same for all addresses that are believed in the same way. */
export function trustKey(url: URL, { ca, clientCertificate, certificates }: HostTrust): string {
  if (url.protocol !== "https:") return "";
  const parts = [certificates, ca, clientCertificate?.cert, clientCertificate?.key];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
