import type { Credentials } from "../auth/credentials.js";
import type { Repository, RepositoryName } from "./repository.js";

/** What is particular about one registry. */
export interface RegistrySettings {
  /** Speak http, or accept a certificate that cannot be verified. `localhost`, 127.0.0.0/8 and ::1 are tried with https
   * first, then with http, without being named here, as Docker does. */
  readonly insecure?: boolean | undefined;
  /** Base addresses that are asked before the registry itself when something is read: `https://mirror.example:5000`. */
  readonly mirrors?: readonly string[] | undefined;
  /** PEM: further certificate authorities. */
  readonly ca?: string | undefined;
  /** PEM: what the client shows of itself. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string } | undefined;
}

/** How a client speaks with registries. */
export interface RegistryClientOptions {
  /** Looks up what to log in with. Default: nobody, anywhere. `dockerCredentials` reads Docker's files. */
  readonly credentials?: Credentials | undefined;
  /** By registry, as in `Reference.registry`. */
  readonly settings?: ((registry: string) => RegistrySettings) | undefined;
  /** HTTP_PROXY, HTTPS_PROXY, NO_PROXY in either case. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Stops everything that the client does. */
  readonly signal?: AbortSignal | undefined;
  /** Told of what went wrong without ending anything: a request that is tried again, a mirror passed over. Holds no
   * credentials. */
  readonly onWarning?: ((warning: RegistryWarning) => void) | undefined;
}

export interface RegistryWarning {
  readonly code: "REGISTRY_RETRY" | "REGISTRY_MIRROR_FAILED" | "REGISTRY_CREDENTIALS_IGNORED";
  readonly message: string;
}

/** Speaks with registries. Connections and tokens are shared by all repositories of a client; nothing is connected
 * before the first request. */
export interface RegistryClient extends AsyncDisposable {
  /** A repository, whether it exists or not.
   * @throws OciBuildError REGISTRY_REFERENCE_INVALID */
  repository(name: RepositoryName): Repository;
  /** Asks whether the credentials for a registry are good, as `docker login` does.
   * @throws OciBuildError REGISTRY_UNAUTHORIZED */
  checkLogin(registry: string): Promise<void>;
  close(): Promise<void>;
}
