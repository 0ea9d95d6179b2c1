import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { listening } from "./listening.js";

/** A proxy of the tests: tunnels for https, requests with whole addresses for http. Whatever host is named, it takes it
 * for this machine, so that names need not exist. */
export interface ConnectProxy extends AsyncDisposable {
  /** For HTTP_PROXY and HTTPS_PROXY; with its user and password when it demands them. */
  readonly url: string;
  /** What went through it: `CONNECT localhost:5000`, `GET http://localhost:5000/v2/`. Refused ones begin with `407`. */
  readonly requests: readonly string[];
}

/** @param login `NAME:PASSWORD` that the proxy demands. Default: none. */
export async function startConnectProxy(login?: string): Promise<ConnectProxy> {
  const requests: string[] = [];
  const sockets = new Set<net.Socket>();
  const admits = ({ headers }: http.IncomingMessage, told: string): boolean => {
    const wanted = login && `Basic ${Buffer.from(login, "utf8").toString("base64")}`;
    const isGood = wanted === undefined || headers["proxy-authorization"] === wanted;
    requests.push(isGood ? told : `407 ${told}`);
    return isGood;
  };
  const server = http.createServer((request, response) => {
    const { method = "GET", url = "" } = request;
    if (!admits(request, `${method} ${url.split("?")[0]}`)) {
      response.writeHead(407, { "proxy-authenticate": "Basic" }).end();
      return;
    }
    const { "proxy-authorization": _, ...headers } = request.headers;
    const { port, pathname, search } = new URL(url);
    const path = `${pathname}${search}`;
    const upstream = http.request({ host: "127.0.0.1", port, path, method, headers, agent: false });
    upstream.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on("error", () => response.destroy());
    request.pipe(upstream);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("connect", (request: http.IncomingMessage, client: net.Socket, head: Buffer) => {
    const { url = "" } = request;
    if (admits(request, `CONNECT ${url}`)) tunnel(client, url, head);
    else client.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
  });
  const port = await listening(server);
  return {
    url: `http://${login === undefined ? "" : `${login}@`}127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      const end = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await end;
    },
  };
}

function tunnel(client: net.Socket, target: string, head: Buffer): void {
  const { port } = new URL(`http://${target}`);
  const upstream = net.connect(Number(port), "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    upstream.write(head);
    upstream.pipe(client);
    client.pipe(upstream);
  });
  upstream.on("error", () => client.destroy());
  client.on("error", () => upstream.destroy());
  client.on("close", () => upstream.destroy());
}
