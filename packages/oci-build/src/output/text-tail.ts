/** Enough for any message, and bounded, since other programs write it. */
const TAIL_MAX_BYTES = 4096;

/** The end of what a program writes. */
export class TextTail {
  #bytes = Buffer.alloc(0);

  add(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]).subarray(-TAIL_MAX_BYTES);
  }

  text(): string {
    return this.#bytes.toString("utf8").trim();
  }

  /** The last line that says something. */
  lastLine(): string | undefined {
    return this.text().split(/\r?\n/).at(-1)?.trim() || undefined;
  }
}
