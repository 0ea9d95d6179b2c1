import type { IncomingMessage, ServerResponse } from "node:http";
import type { RegistryState } from "./registry-state.js";

/** What a registry of the tests can do; all but `delete` by default. */
export interface MemoryRegistryOptions {
  readonly referrers?: "yes" | "no" | undefined;
  readonly mount?: "yes" | "no" | undefined;
  readonly deletes?: "all" | "digests" | "nothing" | undefined;
  readonly chunkMinBytes?: number | undefined;
  /** Tags of one page. */
  readonly pageSize?: number | undefined;
  /** Sees each request first; true when it answered. */
  readonly intercept?: Interceptor | undefined;
}

/** Answers a request in the registry's place, and says whether it did. */
export type Interceptor = (
  request: IncomingMessage,
  response: ServerResponse,
  nth: number,
) => boolean | Promise<boolean>;

/** One request to a registry of the tests. */
export interface Exchange {
  readonly state: RegistryState;
  readonly options: MemoryRegistryOptions;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** An exchange whose path was taken apart: `/v2/<name>/<kind>/<rest>`. */
export interface Routed extends Exchange {
  readonly name: string;
  readonly rest: string;
  readonly query: URLSearchParams;
}

/** Ends an answer without a body. */
export function end(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-length": "0", ...headers }).end();
}

/** Ends an answer with the protocol's form of a failure. */
export function fail(response: ServerResponse, status: number, code: string): void {
  const body = JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] });
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

/** All of a request's body. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
