import net, { type AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { startServer } from "../../test/support/test-server.js";
import { httpLimits } from "./http-limits.js";
import { NodeClient } from "./node-client.js";
import { TlsOptions } from "./tls-options.js";

const trust = { certificates: "accept" } as const;

function client(limits: Partial<typeof httpLimits> = {}): NodeClient {
  const made = new NodeClient({ ...httpLimits, ...limits }, new TlsOptions({}));
  onTestFinished(() => made.close());
  return made;
}

const reading = (url: string) =>
  ({ url: new URL(url), trust, method: "GET", headers: {}, signal: new AbortController().signal }) as const;

it("does not wait without end for a connection that TLS does not come to", async () => {
  const server = net.createServer((socket) => void socket.on("error", () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const answering = client({ connectTimeoutMs: 30 }).request(reading(`https://127.0.0.1:${port}/v2/`));
  await expect(answering).rejects.toMatchObject({ code: "UND_ERR_CONNECT_TIMEOUT" });
});

it("keeps connections, and has no more than it may have", async () => {
  const sockets = new Set<unknown>();
  const server = await startServer((request, response) => {
    sockets.add(request.socket);
    setTimeout(() => response.end("x"), 5);
  });
  const node = client({ connectionsPerHost: 2 });
  const read = async (): Promise<void> => {
    const { body } = await node.request(reading(`${server.url}/`));
    for await (const _ of body);
  };
  await Promise.all([read(), read(), read(), read()]);
  await read();
  expect(sockets.size).toBe(2);
});

it("does not log in with what an address names", async () => {
  const server = await startServer((_, response) => response.end());
  await client().request(reading(`http://eve:secret@${server.host}/v2/`));
  expect(server.requests).toEqual([{ method: "GET", url: "/v2/", authorization: undefined }]);
});
