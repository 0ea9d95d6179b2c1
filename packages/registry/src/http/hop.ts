import type { HostTrust } from "./tls-options.js";
import type { RequestBody } from "./transport.js";

/** One request to one address, as it goes over the wire. */
export interface Hop {
  /** Whose request it is, for messages. */
  readonly registry: string;
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly trust: HostTrust;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** True for what changes nothing. */
export function isReading({ method }: Pick<Hop, "method">): boolean {
  return method === "GET" || method === "HEAD";
}
