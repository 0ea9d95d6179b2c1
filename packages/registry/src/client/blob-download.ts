import type { ByteRange, Digest } from "@oci-build/oci";
import { registryError } from "../errors.js";
import type { RegistryResponse } from "../http/transport.js";
import { parseContentRange } from "./content-range.js";
import { isCut } from "./is-cut.js";
import { contentLength } from "./manifest-request.js";
import { blobMissing, sizeMismatch } from "./registry-failures.js";
import type { ReadBlobOptions } from "./repository.js";
import { type RepositoryContext, send, told, warnOfBreak } from "./repository-context.js";

/** The largest blob that is read when nobody says how large it is; registries' own limits are 10 to 52 GB. */
const BLOB_MAX_BYTES = 256 * 1024 ** 3;

/** Ends a read after so many breaks in a row between which it got on by less than `PROGRESS_BYTES`. */
const BREAKS_MAX = 5;

/** Less is no progress: a server could keep a read alive for ever with a byte at a time. */
const PROGRESS_BYTES = 64 * 1024;

/** Before the second resume in a row; doubled before each further one. The first is at once. */
const PAUSE_MS = 200;

/** What to read. `size` is the blob's, when somebody knows it. */
export interface DownloadRequest {
  readonly digest: Digest;
  readonly range: ByteRange | undefined;
  readonly size: number | undefined;
  readonly mirrors: ReadBlobOptions["mirrors"];
  readonly signal: AbortSignal | undefined;
}

/** How one connection's part of a read came to its end. */
type Ending = "ended" | "cut";

/** Reads a blob or a part of one over as many connections as it takes. */
export class BlobDownload {
  readonly #context: RepositoryContext;
  readonly #request: DownloadRequest;
  /** Of the next byte, in the blob. */
  #position: number;
  /** Behind the last byte to read; unknown until somebody says how large the blob is. */
  #end: number | undefined;
  /** Where the last break was that came after progress, and how many came since. */
  #mark: number;
  #breaks = 0;
  /** That bytes came from. */
  #mirror: string | undefined;

  constructor(context: RepositoryContext, request: DownloadRequest) {
    this.#context = context;
    this.#request = request;
    const { range, size } = request;
    this.#position = range?.offset ?? 0;
    this.#mark = this.#position;
    this.#end = range?.length === undefined ? size : this.#position + range.length;
  }

  /** The bytes, in order. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    if (this.#isComplete() && this.#request.range?.length !== undefined) return;
    for (;;) {
      const response = await this.#ask();
      if (response === "at-end") return;
      const ending = yield* this.#read(response);
      if (this.#isComplete() || (ending === "ended" && this.#end === undefined)) return;
      await this.#recover(ending);
    }
  }

  #isComplete(): boolean {
    return this.#end !== undefined && this.#position >= this.#end;
  }

  /** Asks for what is still missing. */
  async #ask(): Promise<RegistryResponse | "at-end"> {
    const { range, digest, mirrors, signal } = this.#request;
    const isPart = this.#position > 0 || range?.length !== undefined;
    const last = range?.length === undefined ? "" : range.offset + range.length - 1;
    const response = await send(this.#context, {
      method: "GET",
      path: `blobs/${digest}`,
      actions: ["pull"],
      headers: isPart ? { range: `bytes=${this.#position}-${last}` } : {},
      expect: [200, 206, 404, 416],
      mirrors: this.#breaks === 0 && mirrors !== "pass-by" ? "ask" : undefined,
      signal,
    });
    if (response.registry !== this.#context.name.registry) this.#mirror = response.registry;
    if (response.status === 200 || response.status === 206) return response;
    await response.drop();
    if (response.status === 404) throw blobMissing(this.#context.name, digest);
    const total = parseContentRange(response.headers["content-range"])?.total ?? this.#position;
    if (this.#end === undefined && total === this.#position) return "at-end";
    throw this.#wrongSize(total);
  }

  /** The bytes that an answer adds. */
  async *#read(response: RegistryResponse): AsyncGenerator<Uint8Array, Ending> {
    let skip = await this.#bytesToSkip(response);
    const body = response.body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#next(body);
        if (typeof next === "string") return next;
        if (skip >= next.length) {
          skip -= next.length;
          continue;
        }
        const chunk = this.#bounded(next.subarray(skip));
        skip = 0;
        this.#position += chunk.length;
        yield chunk;
        if (this.#isComplete() && this.#request.range?.length !== undefined) return "ended";
      }
    } finally {
      await body.return?.();
    }
  }

  /** Takes what an answer says of the blob's size, and gives how far before our position its bytes begin: a server
   * that does not know ranges sends all again. */
  async #bytesToSkip(response: RegistryResponse): Promise<number> {
    const part = response.status === 206 ? parseContentRange(response.headers["content-range"]) : undefined;
    const total = response.status === 206 ? part?.total : contentLength(response);
    const skip = response.status === 206 ? this.#position - (part?.offset ?? this.#position) : this.#position;
    const { size, range } = this.#request;
    const isWrong = size !== undefined && total !== undefined && total !== size;
    if (isWrong || skip < 0) {
      await response.drop();
      throw this.#wrongSize(total ?? part?.offset ?? 0);
    }
    if (range?.length === undefined) this.#end ??= total;
    return skip;
  }

  async #next(body: AsyncIterator<Uint8Array>): Promise<Uint8Array | Ending> {
    try {
      const next = await body.next();
      return next.done === true ? "ended" : next.value;
    } catch (error) {
      if (isCut(error, this.#context, this.#request.signal)) return "cut";
      throw error;
    }
  }

  /** No more than is asked for, and nothing behind the end of a blob. */
  #bounded(chunk: Uint8Array): Uint8Array {
    const room = (this.#end ?? BLOB_MAX_BYTES) - this.#position;
    if (chunk.length <= room) return chunk;
    if (this.#request.range?.length === undefined) throw this.#wrongSize(this.#position + chunk.length);
    return chunk.subarray(0, room);
  }

  /** Waits before the next connection, unless there were enough of them. */
  async #recover(ending: Ending): Promise<void> {
    if (this.#position - this.#mark >= PROGRESS_BYTES) {
      this.#mark = this.#position;
      this.#breaks = 0;
    }
    this.#breaks++;
    if (this.#breaks > BREAKS_MAX) {
      throw ending === "ended" ? this.#wrongSize(this.#position) : this.#brokenOff();
    }
    const { digest, signal } = this.#request;
    warnOfBreak(this.#context, { digest, atByte: this.#position, doing: "the download" });
    if (this.#breaks > 1) await this.#context.sleep(PAUSE_MS * 2 ** (this.#breaks - 2), signal);
  }

  #wrongSize(found: number): Error {
    const size = this.#request.size ?? this.#end ?? BLOB_MAX_BYTES;
    const { digest } = this.#request;
    return sizeMismatch(this.#context.name, { digest, size, found, mirror: this.#mirror });
  }

  #brokenOff(): Error {
    const { registry, repository } = this.#context.name;
    const { digest } = this.#request;
    return registryError("REGISTRY_TRANSFER_CUT", {
      message: `${told(this.#context.name)} broke off ${this.#breaks} times while it sent blob ${digest}, last at byte ${this.#position}`,
      data: { registry, repository, digest, atByte: this.#position },
    });
  }
}
