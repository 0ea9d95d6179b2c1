import { mkdtempSync } from "node:fs";
import { chmod, chown, rm } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executorError } from "../errors.js";
import type { ExecMount } from "../executor.js";
import type { IdMapping } from "../space/id-space.js";

type SocketMount = Extract<ExecMount, { kind: "socket" }>;

/** Connections at the same time; more wait. */
const CONNECTIONS_MAX = 64;

/** A socket of our own that passes every connection on to one of the host's: the command's may have another owner and
 * mode, and ends with it. It lies in the system's folder for temporary files, since a socket's path is short. */
export class SocketProxy implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(target: string) {
    this.#folder = mkdtempSync(join(tmpdir(), "oci-build-"));
    this.path = join(this.#folder, "socket");
    this.#server = createServer((client) => this.#passOn(client, target));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Other owners than root need a mapping that has them; the socket is the caller's then, and any user may connect. */
  static async open({ socket, mode, uid, gid }: SocketMount, mapping: IdMapping): Promise<SocketProxy> {
    const proxy = new SocketProxy(socket);
    try {
      await proxy.#listen();
      const isRoots = uid === 0 && gid === 0;
      await chmod(proxy.path, isRoots || mapping === "root" ? mode : 0o666);
      if (!isRoots && mapping === "root") await chown(proxy.path, uid, gid);
      return proxy;
    } catch (error) {
      await proxy[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (cause) => reject(notOpened(cause)));
      this.#server.listen(this.path, resolve);
    });
  }

  #passOn(client: Socket, target: string): void {
    const upstream = createConnection(target);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#open.delete(socket);
        other.destroySoon();
      });
      socket.pipe(other);
    }
  }
}

function notOpened(cause: Error): Error {
  return executorError("EXECUTOR_START_FAILED", {
    message: `cannot make a socket for a command: ${cause.message}`,
    data: { problem: cause.message },
    cause,
  });
}
