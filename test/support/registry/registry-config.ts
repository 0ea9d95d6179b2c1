/** How a registry of the tests is set up. */
export interface RegistryConfig {
  readonly folder: string;
  readonly tls?: RegistryTls | undefined;
  /** Passwords by name; only these may do anything. */
  readonly users?: Readonly<Record<string, string>> | undefined;
  readonly token?: RegistryToken | undefined;
  /** The registry that this one is a pull-through cache of. */
  readonly mirrorOf?: string | undefined;
  readonly deletion: "allowed" | "refused";
}

/** Files of a server's certificate. */
interface RegistryTls {
  readonly certFile: string;
  readonly keyFile: string;
  /** File of the authority whose client certificates are demanded. */
  readonly clientAuthority?: string | undefined;
}

/** Where tokens come from, and what they must be signed with. */
export interface RegistryToken {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** File of the authorities that may sign. */
  readonly rootCertBundle: string;
}

/** The configuration of docker-registry. It is JSON, which is YAML too.
 * @see https://github.com/distribution/distribution/blob/v2.8.2/docs/configuration.md */
export function registryConfig(config: RegistryConfig): string {
  const { folder, tls, users, token, mirrorOf, deletion } = config;
  return JSON.stringify({
    version: "0.1",
    log: { level: "info", formatter: "json", accesslog: { disabled: false } },
    storage: {
      filesystem: { rootdirectory: `${folder}/storage` },
      delete: { enabled: deletion === "allowed" },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: "127.0.0.1:0", secret: "of the tests", ...(tls && { tls: tlsConfig(tls) }) },
    ...(users && { auth: { htpasswd: { realm: "tests", path: `${folder}/htpasswd` } } }),
    ...(token && { auth: { token: tokenConfig(token) } }),
    ...(mirrorOf && { proxy: { remoteurl: mirrorOf } }),
  });
}

function tlsConfig({ certFile, keyFile, clientAuthority }: RegistryTls): object {
  return {
    certificate: certFile,
    key: keyFile,
    ...(clientAuthority && { clientcas: [clientAuthority] }),
  };
}

function tokenConfig({ realm, service, issuer, rootCertBundle }: RegistryToken): object {
  return { realm, service, issuer, rootcertbundle: rootCertBundle };
}
