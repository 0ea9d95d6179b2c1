import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { MemoryRegistryOptions } from "./exchange.js";
import { handleRequest } from "./registry-routes.js";
import { RegistryState } from "./registry-state.js";

/** One request as it was answered. `bodyBytes` came, `sentBytes` went. */
interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bodyBytes: number;
  readonly sentBytes: number;
}

/** A registry in memory, on a free port of the loopback. */
export interface MemoryRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly state: RegistryState;
  readonly log: readonly LoggedRequest[];
  /** `METHOD path` of what was asked, without `/v2/` itself. */
  lines(): readonly string[];
  clearLog(): void;
}

/** Starts a registry that keeps everything in memory and writes down what it is asked. */
export async function startMemoryRegistry(options: MemoryRegistryOptions = {}): Promise<MemoryRegistry> {
  const state = new RegistryState();
  const log: LoggedRequest[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    const counted = countBytes(request, response);
    response.on("close", () => log.push({ ...counted(), status: response.statusCode }));
    void answer(request, response, count++);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse, nth: number): Promise<void> => {
    if ((await options.intercept?.(request, response, nth)) === true) return;
    await handleRequest({ state, options, request, response });
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    state,
    log,
    lines: () => log.filter(({ path }) => path !== "/v2/").map(({ method, path }) => `${method} ${path}`),
    clearLog: () => void log.splice(0),
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}

function countBytes(request: IncomingMessage, response: ServerResponse): () => Omit<LoggedRequest, "status"> {
  let bodyBytes = 0;
  const before = response.socket?.bytesWritten ?? 0;
  const { socket } = response;
  request.on("data", (chunk: Buffer) => {
    bodyBytes += chunk.length;
  });
  request.pause();
  return () => ({
    method: request.method ?? "",
    path: request.url ?? "",
    bodyBytes,
    sentBytes: (socket?.bytesWritten ?? 0) - before,
  });
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
