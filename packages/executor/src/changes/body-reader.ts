import type { FileReader } from "@oci-build/oci";

const nothing = new Uint8Array();

/** Reads a file's bytes from a tar that is on its way. */
export class BodyReader implements FileReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = nothing;
  #state: "open" | "ended" = "open";

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#chunks = body[Symbol.asyncIterator]();
  }

  read(target: Uint8Array): number | Promise<number> {
    if (this.#chunk.length > 0) return this.#give(target);
    return this.#state === "ended" ? 0 : this.#readOn(target);
  }

  close(): void {
    this.#state = "ended";
    this.#chunk = nothing;
  }

  async #readOn(target: Uint8Array): Promise<number> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.#state = "ended";
        return 0;
      }
      this.#chunk = next.value;
    }
    return this.#give(target);
  }

  #give(target: Uint8Array): number {
    const part = this.#chunk.subarray(0, target.length);
    target.set(part);
    this.#chunk = this.#chunk.subarray(part.length);
    return part.length;
  }
}
