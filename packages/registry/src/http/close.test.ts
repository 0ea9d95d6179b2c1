import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { readRequest, testTransport } from "../../test/support/test-transport.js";

const SOON_MS = 2000;

/** A server that takes connections and never says a word. */
async function startSilent(): Promise<{ readonly host: string; readonly server: net.Server }> {
  const server = net.createServer();
  const sockets: net.Socket[] = [];
  server.on("connection", (socket) => {
    sockets.push(socket.on("error", () => undefined).resume());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

it.each<["the request's" | "the client's"]>([["the request's"], ["the client's"]])(
  "ends connections that are still being made, and makes no other, after %s signal",
  async (whose) => {
    const { host, server } = await startSilent();
    const stop = new AbortController();
    const client = whose === "the client's" ? { signal: stop.signal } : {};
    const request = whose === "the request's" ? { signal: stop.signal } : {};
    const { transport } = testTransport(client);
    const connected = once(server, "connection") as Promise<[net.Socket]>;
    const failure = transport.request(readRequest(host, request)).catch((error: unknown) => error);
    const [socket] = await connected;
    let others = 0;
    server.on("connection", () => {
      others += 1;
    });
    const closed = new Promise((resolve) => socket.once("close", () => resolve("closed")));
    stop.abort(new Error("stopped"));
    const late = sleep(SOON_MS, "late", { ref: false });
    expect(await failure).toMatchObject({ message: "stopped" });
    expect(await Promise.race([transport.close(), late])).toBe(undefined);
    expect(await Promise.race([closed, late])).toBe("closed");
    await sleep(100);
    expect(others).toBe(0);
  },
);
