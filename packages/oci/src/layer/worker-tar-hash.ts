import { Worker } from "node:worker_threads";
import type { TarHash } from "./tar-hash.js";

/** What the thread does: an array of bytes is hashed alone and as part of the whole, `null` asks for the whole. It is
 * text, not a file, so that it also works from a bundle and from sources that Node cannot read. */
const program = `
const { createHash, hash } = require("node:crypto");
const { parentPort } = require("node:worker_threads");
const whole = createHash("sha256");
parentPort.on("message", (bytes) => {
  if (bytes !== null) whole.update(bytes);
  parentPort.postMessage(bytes === null ? whole.digest("hex") : hash("sha256", bytes, "hex"));
});
`;

interface Waiting {
  readonly resolve: (hex: string) => void;
  readonly reject: (error: Error) => void;
}

/** Hashes on a thread of its own. Bytes in shared memory are not copied. */
export class WorkerTarHash implements TarHash {
  readonly #worker = new Worker(program, { eval: true, execArgv: [] });
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor() {
    this.#worker.on("message", (hex: string) => this.#waiting.shift()?.resolve(hex));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("the thread that hashes has ended")));
  }

  allocate(byteCount: number): Buffer {
    return Buffer.from(new SharedArrayBuffer(byteCount));
  }

  add(segment: Uint8Array): Promise<string> {
    return this.#ask(segment);
  }

  finish(): Promise<string> {
    return this.#ask(null);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(bytes: Uint8Array | null): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(bytes);
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
