import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { OnOutput } from "../executor.js";

/** What makes FIFOs with the given names in `folder`, which any user may write to. */
export type MakeFifos = (names: readonly string[]) => Promise<void>;

/** How long the end of a pipe is waited for after all who write to it were killed, beside the time that its reader takes.
 * Only what was passed on to a process outside, through a socket of the host's network, holds it longer. */
const END_TIMEOUT_MS = 1000;

/** Real pipes for what commands write: the ones that Node makes for its children are sockets, and a command that opens
 * /dev/stdout would fail. Each is used by one command at a time. */
export class OutputPipes {
  readonly #folder: string;
  readonly #make: MakeFifos;
  readonly #free: string[] = [];
  #made = 0;

  constructor(folder: string, make: MakeFifos) {
    this.#folder = folder;
    this.#make = make;
  }

  /** Two pipes; `close` gives them back. */
  async open(): Promise<readonly [OutputPipe, OutputPipe]> {
    if (this.#free.length < 2) {
      const names = [0, 1, 2, 3].map((index) => `p${(this.#made + index).toString(36)}`);
      this.#made += names.length;
      await this.#make(names);
      this.#free.push(...names);
    }
    const [first = "", second = ""] = this.#free.splice(0, 2);
    return [this.#pipe(first), this.#pipe(second)];
  }

  #pipe(name: string): OutputPipe {
    return new OutputPipe(join(this.#folder, name), () => void this.#free.push(name));
  }
}

/** One pipe. `writeFd` is for a child and to be closed when it has it; what is read comes in order, to its end. */
export class OutputPipe {
  readonly writeFd: number;
  readonly #socket: Socket;
  readonly #giveBack: () => void;
  #taking: "yes" | "no" = "no";
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, giveBack: () => void) {
    // Opened for reading first: so neither waits for the other.
    const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    this.writeFd = openSync(path, constants.O_WRONLY);
    this.#socket = new Socket({ fd: readFd, readable: true, writable: false });
    this.#giveBack = giveBack;
  }

  /** Resolves at the end. The bytes are only valid during the call. As long as a promise that it gives is not resolved,
   * nothing more is read. */
  read(onBytes: (bytes: Uint8Array) => ReturnType<OnOutput>): Promise<void> {
    this.#socket.on("data", (bytes: Buffer) => {
      const taken = onBytes(bytes);
      if (taken !== undefined) void this.#waitFor(taken);
    });
    return new Promise((resolve) => {
      this.#socket.once("close", () => resolve());
      this.#socket.once("error", () => this.#socket.destroy());
    });
  }

  /** To be called when the child has its end, or will never have. */
  closeWriting(): void {
    closeSync(this.writeFd);
  }

  /** Waits for the rest after all who wrote have ended. */
  async drain(ended: Promise<void>): Promise<void> {
    this.#timer = setTimeout(() => {
      // Else it begins anew when the reader has taken what it was given.
      if (this.#taking === "no") this.#socket.destroy();
    }, END_TIMEOUT_MS);
    await ended;
    clearTimeout(this.#timer);
    this.#giveBack();
  }

  async #waitFor(taken: Promise<void>): Promise<void> {
    this.#taking = "yes";
    this.#socket.pause();
    await taken;
    this.#taking = "no";
    this.#timer?.refresh();
    this.#socket.resume();
  }
}
