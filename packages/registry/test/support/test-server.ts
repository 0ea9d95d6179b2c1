import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { SecureContextOptions } from "node:tls";
import { onTestFinished } from "vitest";

/** One request that a server got. */
interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
}

/** A server of one test, on loopback. */
export interface TestServer {
  readonly port: number;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** What it got, as `METHOD path`. */
  lines(): readonly string[];
}

/** Answers one request, now or later; the count starts with 1. */
export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => unknown;

/** What a server is started with. */
export interface TestServerOptions {
  readonly tls?: (SecureContextOptions & { readonly requestCert?: boolean }) | undefined;
  readonly host?: string | undefined;
}

/** Starts a server that ends with the test. */
export async function startServer(answer: Answer, options: TestServerOptions = {}): Promise<TestServer> {
  const { tls, host = "127.0.0.1" } = options;
  const requests: SeenRequest[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, url, authorization: headers.authorization });
    // A client that goes away is part of many tests.
    request.on("error", () => undefined);
    void answer(request, response, requests.length);
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `${host}:${port}`,
    url: `${tls === undefined ? "http" : "https"}://${host}:${port}`,
    requests,
    lines: () => requests.map(({ method, url }) => `${method} ${url}`),
  };
}

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
