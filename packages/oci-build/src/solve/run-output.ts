type OutputStream = "stdout" | "stderr";

/** What of a command's output is told, as with BuildKit: so much in all, and so much for each second that has begun. */
const TOLD_MAX_BYTES = 2 * 1024 * 1024;
const TOLD_MAX_BYTES_PER_SECOND = 200 * 1024;

/** A line that is longer is told in parts. */
const LINE_MAX_CHARS = 8 * 1024;

/** What an error tells of the output of a command that failed. */
const TAIL_MAX_LINES = 40;
const TAIL_MAX_CHARS = 8 * 1024;

/** Where the lines of a command go. `elapsedMs` is the time since it was started. */
export interface OutputSink {
  readonly tell: (stream: OutputStream, text: string) => void;
  readonly elapsedMs: () => number;
}

/** Makes text of what a command writes: whole lines, in the order in which they end, no more than people would read. */
export class RunOutput {
  readonly #sink: OutputSink;
  readonly #streams = { stdout: new LineReader(), stderr: new LineReader() };
  readonly #tail: string[] = [];
  #toldBytes = 0;
  #leftOut: { bytes: number; reason: string } | undefined;

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  /** The bytes are not kept. */
  take(stream: OutputStream, bytes: Uint8Array): void {
    this.#tell(stream, this.#streams[stream].take(bytes));
  }

  /** Tells what has no line's end, and how much was left out. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) this.#tell(stream, this.#streams[stream].rest());
    this.#tellLeftOut("stderr");
  }

  /** The last lines, whether they were told or not. */
  tail(): string {
    return this.#tail.join("").slice(-TAIL_MAX_CHARS);
  }

  #tell(stream: OutputStream, lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#tail.push(...lines.slice(-TAIL_MAX_LINES));
    this.#tail.splice(0, Math.max(0, this.#tail.length - TAIL_MAX_LINES));
    let told = "";
    for (const line of lines) {
      const bytes = Buffer.byteLength(line);
      const reason = this.#limitReached(bytes);
      if (reason !== undefined) {
        this.#leftOut = { bytes: (this.#leftOut?.bytes ?? 0) + bytes, reason };
        continue;
      }
      this.#toldBytes += bytes;
      if (this.#leftOut !== undefined) {
        if (told !== "") this.#sink.tell(stream, told);
        told = "";
        this.#tellLeftOut(stream);
      }
      told += line;
    }
    if (told !== "") this.#sink.tell(stream, told);
  }

  #limitReached(bytes: number): string | undefined {
    const size = this.#toldBytes + bytes;
    if (size > TOLD_MAX_BYTES) return `${TOLD_MAX_BYTES / 1024 / 1024} MiB of a step`;
    const seconds = Math.floor(this.#sink.elapsedMs() / 1000) + 1;
    if (size <= seconds * TOLD_MAX_BYTES_PER_SECOND) return undefined;
    return `${TOLD_MAX_BYTES_PER_SECOND / 1024} KiB a second`;
  }

  #tellLeftOut(stream: OutputStream): void {
    if (this.#leftOut === undefined) return;
    const { bytes, reason } = this.#leftOut;
    this.#leftOut = undefined;
    this.#sink.tell(stream, `[output clipped: ${bytes} bytes are not shown, no more than ${reason} are]\n`);
  }
}

/** Cuts bytes into lines; what is not UTF-8 becomes the replacement character. */
class LineReader {
  readonly #decoder = new TextDecoder();
  #open = "";

  take(bytes: Uint8Array): readonly string[] {
    return this.#lines(this.#decoder.decode(bytes, { stream: true }));
  }

  rest(): readonly string[] {
    const lines = this.#lines(this.#decoder.decode());
    const open = this.#open;
    this.#open = "";
    return open === "" ? lines : [...lines, `${open}\n`];
  }

  #lines(text: string): readonly string[] {
    const parts = (this.#open + text).split(/(?<=\n)/);
    this.#open = parts.at(-1)?.endsWith("\n") === true ? "" : (parts.pop() ?? "");
    while (this.#open.length >= LINE_MAX_CHARS) {
      parts.push(this.#open.slice(0, LINE_MAX_CHARS));
      this.#open = this.#open.slice(LINE_MAX_CHARS);
    }
    return parts;
  }
}
