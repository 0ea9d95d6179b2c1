/** Where a registry, or a mirror of it, is to be found. */
export interface Endpoint {
  /** As in `Reference.registry`, or the mirror's host: whom credentials are for. */
  readonly registry: string;
  /** Scheme, host and port. */
  readonly origin: URL;
  /** What a mirror puts before repositories: `/v2/<prefix>/<repository>/…`; with a slash at its end, or empty. */
  readonly prefix: string;
  /** Whether what it names without https may be followed. */
  readonly plainHttp: "allowed" | "refused";
  /** Whether credentials may be sent to it. */
  readonly credentials: "send" | "withhold";
}
