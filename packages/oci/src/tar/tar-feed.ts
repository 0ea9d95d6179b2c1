import type { Extract, ExtractEvents } from "tar-stream";
import { isOciBuildError, type OciBuildError } from "../error.js";
import { ociError } from "../errors.js";
import { HeaderWindow } from "./header-window.js";
import { malformedTar } from "./malformed-tar.js";

/** The headers of one member: above what Go's archive/tar takes in one extended header, with room for others. */
export const TAR_HEADER_MAX_BYTES: number = 4 * 1024 * 1024;

/** Names as Latin-1 keep their bytes; the smallest buffer makes each chunk used up before the next is taken; tars from
 * before POSIX have no magic. */
const parserOptions = { filenameEncoding: "latin1", allowUnknownFormat: true, highWaterMark: 1 } as const;

/** A member as tar-stream gives it: its header, its bytes, and what is to be called when they are done with. */
export type ParsedMember = ExtractEvents["entry"];

interface FeedOptions {
  readonly parser: Extract;
  readonly maxBytes: number;
}

/** A feed that has not begun. tar-stream is loaded with the first one: few builds read a tar. */
export async function tarFeed(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<TarFeed> {
  const { extract } = await import("tar-stream");
  return new TarFeed(source, { parser: extract(parserOptions), maxBytes });
}

/** Feeds a tar's bytes to tar-stream and takes its members out, and keeps the bytes of the headers, of which tar-stream
 * tells only a part. Its own iterator is not used, since it waits for ever once the parser was destroyed. */
export class TarFeed {
  readonly #parser: Extract;
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #maxBytes: number;
  readonly #window: HeaderWindow = new HeaderWindow();
  #state: "feeding" | "draining" | "stopped" = "feeding";
  #failure: { readonly error: unknown } | undefined;
  #parserState: { readonly error?: Error } | "open" = "open";
  #parsed: ParsedMember | undefined;
  #wake: () => void = nothing;

  constructor(source: AsyncIterable<Uint8Array>, { parser, maxBytes }: FeedOptions) {
    this.#parser = parser;
    this.#source = source;
    this.#maxBytes = maxBytes;
    this.#parser.on("entry", (...parsed) => {
      // Its errors are the parser's too.
      parsed[1].on("error", nothing);
      this.#parsed = parsed;
      this.#wake();
    });
    this.#parser.on("error", (error) => {
      this.#parserState = { error };
    });
    this.#parser.on("close", () => {
      if (this.#parserState === "open") this.#parserState = {};
      this.#wake();
    });
  }

  /** Feeds until the source's end or a stop. A failure is kept for `check` and `failureOf`. */
  async run(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      this.#failure = { error };
      this.#parser.destroy();
    }
  }

  /** The next member, once the one before is done with; undefined at the end. */
  async nextMember(): Promise<ParsedMember | undefined> {
    while (this.#parsed === undefined && this.#parserState === "open") {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#parserState !== "open" && this.#parserState.error !== undefined) throw this.#parserState.error;
    const parsed = this.#parsed;
    this.#parsed = undefined;
    return parsed;
  }

  /** The bytes between the last member's data and those of the member at hand. */
  headersUntil(dataOffset: number): Buffer {
    return this.#window.until(dataOffset);
  }

  /** Says where the data of the member at hand end. */
  moveBehind(dataEnd: number): void {
    this.#window.moveTo(dataEnd);
  }

  /** Ends the tar here; the source is still read to its end. */
  end(): void {
    this.#state = "draining";
    this.#parser.destroy();
  }

  /** Ends the tar and the source. */
  stop(): void {
    this.#state = "stopped";
    this.#parser.destroy();
  }

  /** Throws what made the feeding fail, if anything did. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** What is to be thrown for an error out of the parser: the source's own failure goes before what it led to. */
  failureOf(error: unknown): unknown {
    if (this.#failure !== undefined) return this.#failure.error;
    if (isOciBuildError(error)) return error;
    return malformedTar("headers or data are not as they should be", error);
  }

  async #run(): Promise<void> {
    let bytes = 0;
    for await (const chunk of this.#source) {
      if (this.#isStopped()) return;
      bytes += chunk.length;
      if (bytes > this.#maxBytes) throw overLimit("bytes", this.#maxBytes);
      if (this.#state === "feeding") await this.#take(chunk);
    }
    this.#finish();
  }

  async #take(chunk: Uint8Array): Promise<void> {
    if (this.#window.isAtTarEnd()) {
      this.end();
      return;
    }
    if (this.#window.pendingBytes > TAR_HEADER_MAX_BYTES) {
      throw overLimit("header bytes", TAR_HEADER_MAX_BYTES);
    }
    this.#window.add(chunk);
    await this.#write(chunk);
  }

  #finish(): void {
    if (this.#state !== "feeding") return;
    if (this.#window.isAtTarEnd()) {
      this.end();
      return;
    }
    // Some writers leave the last block short, and Go reads their tars.
    const { missingPaddingBytes } = this.#window;
    this.#parser.end(missingPaddingBytes > 0 ? Buffer.alloc(missingPaddingBytes) : undefined);
  }

  async #write(chunk: Uint8Array): Promise<void> {
    const parser = this.#parser;
    if (parser.destroyed || parser.write(chunk)) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        parser.off("drain", settle);
        parser.off("close", settle);
        resolve();
      };
      parser.on("drain", settle);
      parser.on("close", settle);
    });
  }

  #isStopped(): boolean {
    return this.#state === "stopped";
  }
}

/** The error for more of something than a tar may have. */
export function overLimit(limit: string, max: number): OciBuildError<"TAR_LIMIT_EXCEEDED"> {
  const message = `the tar has more than ${max} ${limit}`;
  return ociError("TAR_LIMIT_EXCEEDED", { message, data: { limit, max } });
}

function nothing(): void {
  // For events that need no answer.
}
