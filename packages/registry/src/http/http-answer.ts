import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Hop } from "./hop.js";
import type { HttpContext } from "./http-context.js";
import { resolveLocation } from "./resolve-location.js";
import { responseInvalid } from "./response-invalid.js";
import { toldUrl } from "./told-text.js";
import type { RegistryResponse } from "./transport.js";
import { unreachable } from "./unreachable.js";
import { WatchedBody } from "./watched-body.js";

/** What came over the wire. */
export interface RawAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** An answer with what is needed to go on from it. */
export class HttpAnswer implements RegistryResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly url: string;
  readonly registry: string;
  readonly location: string | undefined;
  readonly hop: Hop;
  readonly #context: HttpContext;
  readonly #stream: Readable;

  constructor({ statusCode, headers, body }: RawAnswer, hop: Hop, context: HttpContext) {
    this.status = statusCode;
    this.headers = joinHeaders(headers);
    this.url = context.mask.hide(toldUrl(hop.url));
    this.registry = hop.registry;
    this.location = resolveLocation(this.headers["location"], hop.url)?.href;
    this.hop = hop;
    this.#context = context;
    this.#stream = body;
    // A body that nobody reads may end with an error, too.
    body.on("error", () => undefined);
  }

  get body(): AsyncIterable<Uint8Array> {
    return this.#read();
  }

  async bytes(maxBytes: number): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#read()) {
      size += chunk.length;
      if (size > maxBytes) {
        const { mask } = this.#context;
        const detail = `more than ${maxBytes} bytes`;
        throw responseInvalid(this.hop, { problem: "body-too-large", detail, mask });
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  }

  async drop(): Promise<void> {
    const { dropMaxBytes } = this.#context.limits;
    // The length of an answer to HEAD is that of a body which does not come.
    if (this.hop.method !== "HEAD" && Number(this.headers["content-length"] ?? 0) > dropMaxBytes) {
      this.#stream.destroy();
      return;
    }
    try {
      await this.bytes(dropMaxBytes);
    } catch (error) {
      // Nobody wants it; but who stopped the work is to know that it stopped.
      if (this.hop.signal?.aborted === true || this.#context.signal?.aborted === true) throw error;
    }
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    const { limits } = this.#context;
    try {
      yield* new WatchedBody(this.#stream, limits, (reason) => this.#broken(reason));
    } catch (error) {
      this.hop.signal?.throwIfAborted();
      this.#context.signal?.throwIfAborted();
      if (isParserError(error)) throw this.#broken("HPE");
      throw isConnectionError(error) ? this.#broken(error.code, error) : error;
    }
  }

  #broken(reason: string, cause?: unknown): Error {
    return unreachable({ hop: this.hop, phase: "body", reason, mask: this.#context.mask }, cause);
  }
}

/** An error of Node's or undici's, whose code is text. Ours have one too, but are told as they are. */
export function isConnectionError(error: unknown): error is Error & { readonly code: string } {
  const { code, exitCode } = error as { code?: unknown; exitCode?: unknown };
  return typeof code === "string" && exitCode === undefined;
}

/** What undici's parser and Node's say of data that is no HTTP. */
export function isParserError(error: unknown): boolean {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return name === "HTTPParserError" || (typeof code === "string" && code.startsWith("HPE_"));
}

function joinHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string | undefined>> {
  const joined = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return Object.fromEntries(joined) as Record<string, string | undefined>;
}
