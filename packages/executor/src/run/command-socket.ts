import { mkdtempSync } from "node:fs";
import { chmod, chown, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executorError } from "../errors.js";
import type { ExecMount, ServeConnection } from "../executor.js";
import type { IdMapping } from "../space/id-space.js";

type SocketMount = Extract<ExecMount, { kind: "socket" }>;

/** Connections at the same time; any more are cut off at once. */
const CONNECTIONS_MAX = 64;

/** A socket for one command, which ends with it. It lies in the system's folder for temporary files, since a socket's
 * path is short, where nobody but the caller can reach it. */
export class CommandSocket implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(serve: ServeConnection) {
    this.#folder = mkdtempSync(join(tmpdir(), "oci-build-"));
    this.path = join(this.#folder, "socket");
    // Who has said all that it has to say still gets its answers.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#serve(client, serve));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Other owners than root need a mapping that has them; the socket is the caller's then, and any user may connect. */
  static async open({ serve, mode, uid, gid }: SocketMount, mapping: IdMapping): Promise<CommandSocket> {
    const made = new CommandSocket(serve);
    try {
      await made.#listen();
      const isRoots = uid === 0 && gid === 0;
      await chmod(made.path, isRoots || mapping === "root" ? mode : 0o666);
      if (!isRoots && mapping === "root") await chown(made.path, uid, gid);
      return made;
    } catch (error) {
      await made[Symbol.asyncDispose]();
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

  /** What goes wrong on a connection ends it, and nothing else. */
  #serve(client: Socket, serve: ServeConnection): void {
    this.#open.add(client);
    client.on("error", () => client.destroy());
    client.on("close", () => this.#open.delete(client));
    serve(client).then(
      () => client.destroySoon(),
      () => client.destroy(),
    );
  }
}

function notOpened(cause: Error): Error {
  return executorError("EXECUTOR_START_FAILED", {
    message: `cannot make a socket for a command: ${cause.message}`,
    data: { problem: cause.message },
    cause,
  });
}
