import { once } from "node:events";
import http from "node:http";
import { buffer } from "node:stream/consumers";
import type { Fault, FrontExchange, FrontRequest } from "./fault.js";
import { closed, listening } from "./listening.js";

/** Stands before a registry, spoils what it is told to, and counts what goes over the wire. */
export interface FaultyFront extends AsyncDisposable {
  /** `localhost:PORT` */
  readonly name: string;
  readonly url: string;
  /** All requests so far, in the order of their arrival. */
  readonly exchanges: readonly FrontExchange[];
  /** Decides from now on what goes wrong. */
  spoil(decide: (request: FrontRequest) => Fault | undefined): void;
}

/** Begins without any fault. */
export async function startFaultyFront(registryUrl: string): Promise<FaultyFront> {
  const exchanges: FrontExchange[] = [];
  let decide: (request: FrontRequest) => Fault | undefined = () => undefined;
  const server = http.createServer((request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    const repeats = exchanges.filter((other) => other.method === method && other.path === path).length;
    const exchange: FrontExchange = {
      ...{ method, path, headers, repeats },
      ...{ status: "none", receivedBytes: 0, sentBytes: 0 },
    };
    exchanges.push(exchange);
    const fault = decide({ method, path, headers, repeats });
    response.on("error", () => response.destroy());
    answer({ request, response, exchange, registryUrl }, fault).catch(() => {
      exchange.status = "cut";
      response.destroy();
    });
  });
  const port = await listening(server);
  return {
    name: `localhost:${port}`,
    url: `http://localhost:${port}`,
    exchanges,
    spoil(newDecide) {
      decide = newDecide;
    },
    [Symbol.asyncDispose]: () => closed(server),
  };
}

interface Passage {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly exchange: FrontExchange;
  readonly registryUrl: string;
}

async function answer(passage: Passage, fault: Fault | undefined): Promise<void> {
  if (fault === undefined) return await pass(passage, {});
  switch (fault.kind) {
    case "status":
      passage.request.resume();
      return await send(passage, fault.status, fault.headers ?? {}, Buffer.from(fault.body ?? "", "utf8"));
    case "cut-request":
      return await cutRequest(passage, fault.after);
    case "cut-upload":
      return await cutUpload(passage, fault.after);
    case "endless":
      return await sendEndless(passage, fault.headers ?? {});
    case "silent":
      passage.request.resume();
      return;
    case "headers":
      return await pass(passage, fault.set);
    default:
      return await spoilAnswer(passage, fault);
  }
}

/** As the registry answers, piece by piece. */
async function pass(passage: Passage, set: http.OutgoingHttpHeaders): Promise<void> {
  const { response, exchange } = passage;
  const upstream = await askRegistry(passage);
  exchange.status = upstream.statusCode ?? 0;
  response.writeHead(exchange.status, known({ ...upstream.headers, ...set }));
  for await (const part of upstream as AsyncIterable<Buffer>) {
    exchange.sentBytes += part.length;
    if (!response.write(part)) await drained(response);
    if (response.destroyed) return;
  }
  response.end();
}

type SpoiledAnswer = Extract<
  Fault,
  { readonly kind: "cut" | "stall" | "body" | "length" | "slow" | "lost-answer" }
>;

/** What the registry answers, read whole, then spoiled. */
async function spoilAnswer(passage: Passage, fault: SpoiledAnswer): Promise<void> {
  const upstream = await askRegistry(passage);
  const { statusCode = 0, headers } = upstream;
  const body = await buffer(upstream);
  switch (fault.kind) {
    case "lost-answer":
      passage.exchange.status = "cut";
      passage.response.destroy();
      return;
    case "body": {
      const changed = fault.change(body);
      const told = { ...headers, "content-length": changed.length, ...fault.set };
      return await send(passage, statusCode, told, changed);
    }
    case "cut":
      return await sendPart(passage, statusCode, headers, body.subarray(0, fault.after));
    case "stall":
      passage.response.writeHead(statusCode, known(headers));
      passage.response.write(body.subarray(0, fault.after));
      passage.exchange.sentBytes += Math.min(fault.after, body.length);
      return;
    case "length":
      return await sendPart(passage, statusCode, { ...headers, "content-length": fault.told }, body);
    case "slow":
      return await sendSlowly(passage, fault.everyMs, { statusCode, headers, body });
  }
}

async function askRegistry({ request, exchange, registryUrl }: Passage): Promise<http.IncomingMessage> {
  const { method, url = "/", headers } = request;
  const upstream = http.request(new URL(url, registryUrl), { method, headers, agent: false });
  request.on("data", (part: Buffer) => {
    exchange.receivedBytes += part.length;
  });
  request.on("error", (error) => upstream.destroy(error));
  request.on("aborted", () => upstream.destroy());
  request.pipe(upstream);
  const [response] = (await once(upstream, "response")) as [http.IncomingMessage];
  return response;
}

async function send(
  { request, response, exchange }: Passage,
  status: number,
  headers: http.OutgoingHttpHeaders,
  body: Buffer,
): Promise<void> {
  exchange.status = status;
  exchange.sentBytes += body.length;
  response.writeHead(status, known(headers));
  response.end(request.method === "HEAD" ? undefined : body);
  await once(response, "close");
}

/** Promises more than it sends, or sends more than it promised; node would not let that pass, so the socket is told. */
async function sendPart(
  { response, exchange }: Passage,
  status: number,
  headers: http.OutgoingHttpHeaders,
  body: Buffer,
): Promise<void> {
  const { socket } = response;
  exchange.status = "cut";
  exchange.sentBytes += body.length;
  const lines = Object.entries(known(headers)).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${one}\r\n`),
  );
  const head = `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\n${lines.join("")}\r\n`;
  await new Promise<void>((resolve) => {
    socket?.write(Buffer.concat([Buffer.from(head, "latin1"), body]), () => resolve());
    socket?.on("close", () => resolve());
  });
  socket?.destroySoon();
}

interface WholeAnswer {
  readonly statusCode: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

async function sendSlowly(
  { response, exchange }: Passage,
  everyMs: number,
  { statusCode, headers, body }: WholeAnswer,
): Promise<void> {
  exchange.status = statusCode;
  response.writeHead(statusCode, known(headers));
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    exchange.sentBytes += 1;
    await new Promise((resolve) => setTimeout(resolve, everyMs).unref());
  }
  response.end();
}

async function sendEndless(
  { request, response, exchange }: Passage,
  headers: http.OutgoingHttpHeaders,
): Promise<void> {
  request.resume();
  exchange.status = 200;
  const part = Buffer.alloc(64 * 1024, " ");
  response.writeHead(200, known(headers));
  while (!response.destroyed) {
    exchange.sentBytes += part.length;
    if (!response.write(part)) await drained(response);
  }
}

async function cutRequest({ request, exchange }: Passage, after: number): Promise<void> {
  for await (const part of request as AsyncIterable<Buffer>) {
    exchange.receivedBytes += part.length;
    if (exchange.receivedBytes >= after) break;
  }
  exchange.status = "cut";
  request.socket.destroy();
}

async function cutUpload({ request, exchange, registryUrl }: Passage, after: number): Promise<void> {
  const { method, url = "/", headers } = request;
  const upstream = http.request(new URL(url, registryUrl), { method, headers, agent: false });
  // It ends before its time, which is the point.
  upstream.on("error", () => upstream.destroy());
  for await (const part of request as AsyncIterable<Buffer>) {
    exchange.receivedBytes += part.length;
    upstream.write(part);
    if (exchange.receivedBytes >= after) break;
  }
  exchange.status = "cut";
  await new Promise<void>((resolve) => upstream.write("", () => resolve()));
  upstream.destroy();
  request.socket.destroy();
}

/** Without headers that are left out, and without those of one connection. */
function known(headers: http.OutgoingHttpHeaders): http.OutgoingHttpHeaders {
  const own = new Set(["connection", "keep-alive", "transfer-encoding"]);
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => value !== undefined && !own.has(name)),
  );
}

/** Waits until more can be written, or nothing ever will be; leaves no listener behind. */
async function drained(response: http.ServerResponse): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  } finally {
    waiting.abort();
  }
}
