import net, { type AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startServer } from "../../test/support/test-server.js";
import { readRequest, testTransport, textOf } from "../../test/support/test-transport.js";

const once = { limits: { attemptsMax: 1 } } as const;

/** Speaks to a socket as the test wants, once the probe was answered. */
async function rawServer(speak: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      if (data[0] === 0x16) socket.destroy();
      else if (data.includes("GET /v2/ HTTP")) {
        socket.end("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      } else speak(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("an answer", () => {
  it.each<[string, string, object]>([
    ["that is no HTTP", "220 ftp ready\r\n", { problem: "not-http" }],
    [
      "with endless headers",
      `HTTP/1.1 200 OK\r\n${`a: ${"b".repeat(100)}\r\n`.repeat(2000)}`,
      { problem: "headers-too-large" },
    ],
    ["that ends before it begins", "", { phase: "headers" }],
  ])("%s is refused", async (_, text, data) => {
    const registry = await rawServer((socket) => socket.end(text));
    const { transport } = testTransport(once);
    await expect(transport.request(readRequest(registry))).rejects.toMatchObject({ data });
  });

  it("that does not come is not waited for without end", async () => {
    const registry = await rawServer(() => undefined);
    const { transport } = testTransport({
      limits: { attemptsMax: 1, connectTimeoutMs: 400, readTimeoutMs: 30 },
    });
    await expect(transport.request(readRequest(registry))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      data: { phase: "headers", reason: "answer-timeout" },
    });
  });

  it("whose headers drip is not waited for either", async () => {
    const registry = await rawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket.write("a: b\r\n"), 5);
      socket.on("close", () => clearInterval(drip));
    });
    const { transport } = testTransport({
      limits: { attemptsMax: 1, connectTimeoutMs: 400, readTimeoutMs: 50 },
    });
    await expect(transport.request(readRequest(registry))).rejects.toMatchObject({
      data: { reason: "answer-timeout" },
    });
  });
});

describe("a body", () => {
  it("that stands still ends the reading", async () => {
    const server = await startServer((request, response) => {
      if (request.url === "/v2/") response.end();
      else response.write("some");
    });
    const { transport } = testTransport({ limits: { idleTimeoutMs: 40 } });
    await expect(textOf(transport, readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      data: { phase: "body", reason: "body-stalled" },
    });
  });

  it("that drips ends the reading", async () => {
    const server = await startServer((request, response) => {
      if (request.url === "/v2/") {
        response.end();
        return;
      }
      const drip = setInterval(() => response.write("x"), 5);
      response.on("close", () => clearInterval(drip));
    });
    const { transport } = testTransport({ limits: { slowWindowMs: 60, slowMinBytes: 1000 } });
    await expect(textOf(transport, readRequest(server.host))).rejects.toMatchObject({
      data: { phase: "body", reason: "body-too-slow" },
    });
  });

  it("may be read slowly", async () => {
    const server = await startServer((_, response) => response.end("x".repeat(300_000)));
    const { transport } = testTransport({ limits: { idleTimeoutMs: 150, slowWindowMs: 150 } });
    const { body } = await transport.request(readRequest(server.host));
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 180));
    }
    expect(size).toBe(300_000);
  });

  it("that is cut off says so", async () => {
    const server = await startServer((request, response) => {
      if (request.url === "/v2/") {
        response.end();
        return;
      }
      response.writeHead(200, { "content-length": "1000" }).write("some");
      setTimeout(() => request.socket.destroy(), 10);
    });
    const { transport } = testTransport();
    await expect(textOf(transport, readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      data: { phase: "body" },
      message: expect.stringContaining("the connection was cut"),
    });
  });

  it("is not read beyond what is wanted", async () => {
    let sent = 0;
    const server = await startServer((request, response) => {
      if (request.url === "/v2/") {
        response.end();
        return;
      }
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on("drain", more);
      more();
    });
    const { transport } = testTransport();
    const answer = await transport.request(readRequest(server.host));
    await expect(answer.bytes(1000)).rejects.toMatchObject({
      code: "REGISTRY_RESPONSE_INVALID",
      data: { problem: "body-too-large" },
    });
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it("whose reader stops early lets go of the connection", async () => {
    let closed: (() => void) | undefined;
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const server = await startServer((request, response) => {
      if (request.url === "/v2/") response.end();
      else {
        response.on("close", () => closed?.());
        response.write("some");
      }
    });
    const { transport } = testTransport();
    for await (const chunk of (await transport.request(readRequest(server.host))).body) {
      expect(chunk.length).toBe(4);
      break;
    }
    await isClosed;
  });
});

describe("a request's body", () => {
  const put = { method: "PUT", expect: [201], retry: "never" } as const;

  it("is sent from its beginning each time", async () => {
    const bodies: string[] = [];
    const server = await startServer(async (request, response, count) => {
      let text = "";
      for await (const chunk of request) text += String(chunk);
      bodies.push(text);
      response.writeHead(count < 3 ? 503 : 201).end();
    });
    const { transport } = testTransport();
    async function* open(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("ab");
      yield Buffer.from("c");
    }
    await transport.request(readRequest(server.host, { ...put, retry: "safe", body: { size: 3, open } }));
    expect(bodies).toEqual(["", "abc", "abc"]);
  });

  it("fails with the error of its source", async () => {
    const server = await startServer(async (request, response) => {
      for await (const _ of request);
      response.writeHead(200).end();
    });
    const { transport, warnings } = testTransport();
    const failure = new Error("disk");
    async function* open(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("ab");
      throw failure;
    }
    const request = readRequest(server.host, { ...put, retry: "safe", body: { size: 3, open } });
    await expect(transport.request(request)).rejects.toBe(failure);
    expect(warnings).toEqual([]);
  });

  it("that nobody takes is not offered without end", async () => {
    const registry = await rawServer((socket) => socket.pause());
    const { transport } = testTransport({ limits: { attemptsMax: 1, idleTimeoutMs: 50 } });
    async function* open(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 1000; i += 1) yield Buffer.alloc(1024 * 1024);
    }
    const request = readRequest(registry, { ...put, body: { size: 1000 * 1024 * 1024, open } });
    await expect(transport.request(request)).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  });
});

describe("who stops the work", () => {
  it.each(["before", "while the answer is waited for", "while the body is read"])(
    "gets the reason back: %s",
    async (when) => {
      const stop = new AbortController();
      const reason = new Error("stopped");
      const server = await startServer((request, response) => {
        if (request.url === "/v2/") {
          response.end();
          return;
        }
        setTimeout(() => stop.abort(reason), 10);
        if (when === "while the body is read") response.write("some");
      });
      if (when === "before") stop.abort(reason);
      const { transport } = testTransport();
      const startedMs = performance.now();
      await expect(textOf(transport, readRequest(server.host, { signal: stop.signal }))).rejects.toBe(reason);
      expect(performance.now() - startedMs).toBeLessThan(5000);
    },
  );

  it("stops all requests of a client at once", async () => {
    const stop = new AbortController();
    const server = await startServer((request, response) => {
      if (request.url === "/v2/") response.end();
    });
    const { transport } = testTransport({ signal: stop.signal });
    const requests = [1, 2, 3].map(() => transport.request(readRequest(server.host)));
    setTimeout(() => stop.abort(new Error("stopped")), 20);
    for (const request of requests) await expect(request).rejects.toThrow("stopped");
  });
});
