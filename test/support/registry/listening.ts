import { once } from "node:events";
import type http from "node:http";
import type net from "node:net";

/** Has a server listen on a free port of loopback, and gives the port. The server alone does not keep a test running. */
export async function listening(server: net.Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** Closes a server with all its connections. */
export async function closed(server: http.Server): Promise<void> {
  const end = once(server, "close");
  server.close();
  server.closeAllConnections();
  await end;
}
