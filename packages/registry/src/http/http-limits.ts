const KIB = 1024;
const SECOND_MS = 1000;

/** What a server may take of our time and memory. */
export interface HttpLimits {
  /** Until there is a connection, TLS and all. */
  readonly connectTimeoutMs: number;
  /** From the end of a request that reads to the end of the answer's headers. */
  readonly readTimeoutMs: number;
  /** The same of a request that writes: a registry hashes a large blob before it answers. */
  readonly writeTimeoutMs: number;
  /** While which a body, of a request or an answer, may stand still. */
  readonly idleTimeoutMs: number;
  /** Over this much time of waiting an answer's body has to bring `slowMinBytes`. */
  readonly slowWindowMs: number;
  readonly slowMinBytes: number;
  readonly headersMaxBytes: number;
  /** Of a failure's JSON. */
  readonly errorMaxBytes: number;
  /** An answer's rest that is read for nothing, to keep the connection. */
  readonly dropMaxBytes: number;
  readonly redirectsMax: number;
  /** More than callers use at once: who waits for a connection, waits for an answer. */
  readonly connectionsPerHost: number;
  /** How often a request is sent at most. */
  readonly attemptsMax: number;
  /** How often a connection is tried that is refused: mostly nobody is there, sometimes a server begins anew. */
  readonly refusedAttemptsMax: number;
  /** How often one is sent to a mirror, which the registry stands behind. */
  readonly mirrorAttemptsMax: number;
  /** The pause before the second attempt; each further one is twice as long. */
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** The longest `Retry-After` that is waited for. */
  readonly retryAfterMaxMs: number;
  /** While which a mirror that failed is not asked again. */
  readonly mirrorRestMs: number;
}

export const httpLimits: HttpLimits = {
  connectTimeoutMs: 15 * SECOND_MS,
  readTimeoutMs: 60 * SECOND_MS,
  writeTimeoutMs: 300 * SECOND_MS,
  idleTimeoutMs: 60 * SECOND_MS,
  slowWindowMs: 60 * SECOND_MS,
  slowMinBytes: 16 * KIB,
  headersMaxBytes: 64 * KIB,
  errorMaxBytes: 64 * KIB,
  dropMaxBytes: 64 * KIB,
  // 10, as Go's http client does.
  redirectsMax: 10,
  connectionsPerHost: 32,
  attemptsMax: 5,
  refusedAttemptsMax: 3,
  mirrorAttemptsMax: 2,
  retryBaseMs: 250,
  retryMaxMs: 10 * SECOND_MS,
  retryAfterMaxMs: 60 * SECOND_MS,
  mirrorRestMs: 60 * SECOND_MS,
};
