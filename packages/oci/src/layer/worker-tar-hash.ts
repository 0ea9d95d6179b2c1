import type { Worker } from "node:worker_threads";
import { sha256Of } from "./sha256-of.js";
import type { HashedBytes, TarHash } from "./tar-hash.js";

/** What is asked of the thread: the next segment is hashed as part of the whole, and alone if it is to be `named`; `own`
 * is one that was a part before. What is `beside` the tar comes back. */
type Request =
  | { readonly kind: "named" | "part" | "own" | "beside"; readonly bytes: Uint8Array }
  | { readonly kind: "whole" };

/** What the thread does. It is text, not a file, so that it also works from a bundle and from sources that Node cannot
 * read. */
const program = `
const { createHash, hash } = require("node:crypto");
const { parentPort } = require("node:worker_threads");
const whole = createHash("sha256");
parentPort.on("message", ({ kind, bytes }) => {
  if (kind === "whole") return parentPort.postMessage({ hex: whole.digest("hex") });
  const hex = kind === "part" ? "" : hash("sha256", bytes, "hex");
  if (kind === "beside") return parentPort.postMessage({ hex, bytes }, [bytes.buffer]);
  if (kind !== "own") whole.update(bytes);
  parentPort.postMessage({ hex });
});
`;

interface Reply {
  readonly hex: string;
  readonly bytes?: Uint8Array;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** Hashes on a thread of its own. Bytes in shared memory are not copied. */
export class WorkerTarHash implements TarHash {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor() {
    // Only large layers load it.
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    this.#worker = new Worker(program, { eval: true, execArgv: [] });
    this.#worker.on("message", (reply: Reply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("the thread that hashes has ended")));
  }

  allocate(byteCount: number): Buffer {
    return Buffer.from(new SharedArrayBuffer(byteCount));
  }

  async add(segment: Uint8Array): Promise<string> {
    return (await this.#ask({ kind: "named", bytes: segment })).hex;
  }

  async extend(segment: Uint8Array): Promise<void> {
    await this.#ask({ kind: "part", bytes: segment });
  }

  async ownOf(segment: Uint8Array): Promise<string> {
    return (await this.#ask({ kind: "own", bytes: segment })).hex;
  }

  async beside(bytes: Uint8Array): Promise<HashedBytes> {
    const { buffer } = bytes;
    // What is moved to the other thread is a buffer as a whole. Copying takes a third as long as the hash itself.
    const isMovable = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
    if (!isMovable) return { hex: await sha256Of(bytes), bytes };
    const reply = await this.#ask({ kind: "beside", bytes }, [buffer]);
    return { bytes, ...reply };
  }

  async finish(): Promise<string> {
    return (await this.#ask({ kind: "whole" })).hex;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: Request, moved: readonly ArrayBuffer[] = []): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      // Fails where a buffer may not be moved; nobody waits then.
      this.#worker.postMessage(request, moved);
      this.#waiting.push({ resolve, reject });
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
