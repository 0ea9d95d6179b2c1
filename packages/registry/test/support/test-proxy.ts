import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A proxy of one test. It leads any host to where the test wants, so that names that nobody has can be asked for. */
export interface TestProxy {
  readonly url: string;
  /** `CONNECT host:port`, or the method and whole address of a request without TLS. */
  readonly requests: readonly string[];
}

/** What a proxy demands, and where it leads. */
export interface TestProxyOptions {
  /** Ports on 127.0.0.1 by `host:port`; 502 for others. */
  readonly ports: Readonly<Record<string, number>>;
  /** `name:password` */
  readonly login?: string | undefined;
  /** What is answered to CONNECT for a host that it does not lead to. Default: 502. */
  readonly refusal?: number | undefined;
}

/** Starts a proxy that ends with the test. */
export async function startProxy({ ports, login, refusal = 502 }: TestProxyOptions): Promise<TestProxy> {
  const requests: string[] = [];
  const admits = (request: http.IncomingMessage): boolean =>
    login === undefined ||
    request.headers["proxy-authorization"] === `Basic ${Buffer.from(login).toString("base64")}`;
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? "");
    requests.push(`${request.method} ${url.href}`);
    const port = ports[`${url.hostname}:${url.port || "80"}`];
    if (!admits(request)) response.writeHead(407).end();
    else if (port === undefined) response.writeHead(502).end();
    else forward(request, response, `http://127.0.0.1:${port}${url.pathname}${url.search}`);
  });
  server.on("connect", (request: http.IncomingMessage, client: net.Socket) => {
    requests.push(`CONNECT ${request.url}`);
    client.on("error", () => undefined);
    const port = ports[request.url ?? ""];
    if (!admits(request)) client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    else if (port === undefined) client.end(`HTTP/1.1 ${refusal} Refused\r\n\r\n`);
    else tunnel(client, port);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function forward(request: http.IncomingMessage, response: http.ServerResponse, url: string): void {
  const { method, headers } = request;
  const upstream = http.request(url, { method: method ?? "GET", headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on("error", () => response.destroy());
  request.pipe(upstream);
}

function tunnel(client: net.Socket, port: number): void {
  const upstream = net.connect(port, "127.0.0.1", () => {
    client.write("HTTP/1.1 200 OK\r\n\r\n");
    client.pipe(upstream).pipe(client);
  });
  upstream.on("error", () => client.destroy());
  client.on("close", () => upstream.destroy());
}
