import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import path from "node:path";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ServeConnection } from "../executor.js";
import type { IdMapping } from "../space/id-space.js";
import { CommandSocket } from "./command-socket.js";

async function opened(
  serve: ServeConnection,
  { uid, mapping }: { readonly uid: number; readonly mapping: IdMapping } = { uid: 0, mapping: "single" },
): Promise<CommandSocket> {
  const meta = { target: "/s", mode: 0o640, uid, gid: uid };
  const proxy = await CommandSocket.open({ kind: "socket", serve, ...meta }, mapping);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return proxy;
}

async function connected({ path: file }: CommandSocket): Promise<Socket> {
  const socket = createConnection({ path: file, allowHalfOpen: true });
  socket.on("error", () => socket.destroy());
  await once(socket, "connect");
  return socket;
}

const waits: ServeConnection = (connection) =>
  new Promise((resolve) => connection.resume().once("end", resolve).once("close", resolve));

describe("CommandSocket", () => {
  it("lies where nobody else gets, with the mode that was asked for", async () => {
    const { path: file } = await opened(waits);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });

  it("is its user's, with that mode, where root can give it away", async ({ skip }) => {
    skip(process.geteuid?.() !== 0, "needs root");
    const { uid, gid, mode } = statSync((await opened(waits, { uid: 7, mapping: "root" })).path);
    expect([uid, gid, mode & 0o777]).toEqual([7, 7, 0o640]);
  });

  it("stays the caller's elsewhere, and lets any user connect", async () => {
    const { uid, mode } = statSync((await opened(waits, { uid: 7, mapping: "subordinate" })).path);
    expect([uid, mode & 0o777]).toEqual([process.geteuid?.(), 0o666]);
  });

  it("ends a connection when it is served, and answers who has ended its side", async () => {
    const proxy = await opened(async (connection) => {
      const all = await buffer(connection.iterator({ destroyOnReturn: false }));
      connection.write(`got ${all}`);
    });
    const socket = await connected(proxy);
    socket.end("all");
    expect(await text(socket)).toBe("got all");
  });

  it("cuts off a connection on which something goes wrong, and serves the next", async () => {
    let count = 0;
    const proxy = await opened(async (connection) => {
      count += 1;
      if (count === 1) throw new Error("bad request");
      connection.write("served");
    });
    expect(await text(await connected(proxy))).toBe("");
    expect(await text(await connected(proxy))).toBe("served");
  });

  it("serves 64 connections at once and cuts off more, until one of them ends", async () => {
    let served = 0;
    const proxy = await opened((connection) => {
      served += 1;
      connection.write("x");
      return waits(connection);
    });
    const sockets: Socket[] = [];
    for (let at = 0; at < 64; at += 1) sockets.push(await connected(proxy));
    await Promise.all(sockets.map((socket) => once(socket, "data")));
    expect(await text(await connected(proxy))).toBe("");
    expect(served).toBe(64);
    sockets[0]?.destroy();
    await expect.poll(async () => (await connected(proxy)).read() ?? served).toBe(65);
  });

  it("cuts off all that is open when the command has ended, and leaves nothing", async () => {
    const proxy = await opened(waits);
    const socket = await connected(proxy);
    const closed = once(socket.resume(), "end");
    await proxy[Symbol.asyncDispose]();
    await closed;
    expect(existsSync(path.dirname(proxy.path))).toBe(false);
  });
});
