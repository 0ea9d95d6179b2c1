import { once } from "node:events";
import fs from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import type { ServeConnection } from "@oci-build/executor";
import { onTestFinished } from "vitest";
import { readMessages } from "../../src/ssh/agent-messages.js";
import { wireString } from "../../src/ssh/wire.js";

/** A socket that is served as one of a command, until the test has ended. */
export async function servedSocket(serve: ServeConnection): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-agent-"));
  const file = path.join(folder, "socket");
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    open.add(client);
    client.on("error", () => client.destroy());
    serve(client).then(
      () => client.destroySoon(),
      () => client.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(file, resolve));
  onTestFinished(() => {
    for (const client of open) client.destroy();
    server.close();
    fs.rmSync(folder, { recursive: true });
  });
  return file;
}

/** A client of an agent. */
export interface AgentClient {
  readonly socket: Socket;
  /** Sends a message and gives the answer; undefined when the connection has ended instead. */
  ask(message: Uint8Array): Promise<Buffer | undefined>;
}

export async function agentClient(file: string): Promise<AgentClient> {
  const socket = createConnection(file);
  await once(socket, "connect");
  const answers = readMessages(socket);
  return {
    socket,
    ask: async (message) => {
      socket.write(wireString(message));
      return (await answers.next()).value ?? undefined;
    },
  };
}
