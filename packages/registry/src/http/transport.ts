import type { RequestOptions } from "../client/repository.js";

/** What a request is allowed to do, as token servers are asked for it. */
export interface AccessScope {
  readonly repository: string;
  readonly actions: readonly ("pull" | "push" | "delete")[];
}

/** The body of a request. `open` gives it again from the beginning each time; `size` in bytes. */
export interface RequestBody {
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array> | Uint8Array;
}

/** One request to a registry. */
export interface RegistryRequest extends RequestOptions {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  readonly registry: string;
  /** Path with its query, from `/v2/`; or an absolute URL that the registry gave in `Location`. */
  readonly target: string;
  /** Empty for `/v2/` itself. */
  readonly scopes: readonly AccessScope[];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: RequestBody | undefined;
  /** Statuses that are an answer rather than a failure. */
  readonly expect: readonly number[];
  /** Whether mirrors may answer it: only what reads. Default: no. */
  readonly mirrors?: "ask" | undefined;
  /** `safe`: repeated after a failure that may pass. `never`: an upload whose state must be asked for first. */
  readonly retry: "safe" | "never";
}

/** An answer. Its body is to be read or dropped. */
export interface RegistryResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Where it came from, after redirects; without query or user, so that it can be told. */
  readonly url: string;
  /** Who answered: the registry, or by its host the mirror that was asked in its place. */
  readonly registry: string;
  /** `Location`, made absolute. Not to be told: it may hold a signature. */
  readonly location: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body. @throws OciBuildError REGISTRY_RESPONSE_INVALID beyond `maxBytes` */
  bytes(maxBytes: number): Promise<Buffer>;
  /** Reads the rest for nothing, so that the connection can be used again, or closes it if that is much. */
  drop(): Promise<void>;
}

/** Sends requests: connections, proxies, TLS, mirrors, redirects, logging in, and repeating what may be repeated. */
export interface Transport extends AsyncDisposable {
  request(request: RegistryRequest): Promise<RegistryResponse>;
  close(): Promise<void>;
}
