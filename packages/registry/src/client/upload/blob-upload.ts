import { type Descriptor, isOciBuildError } from "@oci-build/oci";
import type { RegistryResponse } from "../../http/transport.js";
import { invalidResponse } from "../invalid-response.js";
import { isCut } from "../is-cut.js";
import { statedDigest } from "../manifest-request.js";
import { digestMismatch } from "../registry-failures.js";
import type { WriteBlobOptions } from "../repository.js";
import { type RepositoryContext, send, warnOfBreak } from "../repository-context.js";
import { isThere } from "./is-there.js";
import { UploadBytes } from "./upload-bytes.js";
import { cancelUpload, continued, findUpload, startUpload, type UploadSession } from "./upload-session.js";

/** What is larger goes as a stream that can be taken up again, and is then closed by a request of its own. */
const ONE_REQUEST_MAX_BYTES = 8 * 1024 * 1024;

/** The first size of parts for a registry, or a proxy before it, that refuses a whole blob as too large. Each further
 * refusal takes a quarter, down to what proxies allow by default. */
const PART_BYTES = 32 * 1024 * 1024;
const PART_MIN_BYTES = 512 * 1024;

/** Ends an upload after so many breaks in a row between which it got on by less than `PROGRESS_BYTES`. */
const BREAKS_MAX = 4;

/** Less is no progress: a registry could keep an upload alive for ever by taking a byte at a time. */
const PROGRESS_BYTES = 64 * 1024;

/** Before an upload goes on after a break; doubled for each further one in a row. */
const PAUSE_MS = 200;

/** Statuses after which an upload can go on: the server's own trouble, a part that it did not expect, and an upload
 * that it forgot, which begins anew. */
const PASSING_STATUSES: ReadonlySet<unknown> = new Set([404, 408, 416, 429, 500, 502, 503, 504]);

/** Sends one blob. What breaks off goes on where the registry says that it stands, or from the beginning. */
export class BlobUpload {
  readonly #context: RepositoryContext;
  readonly #blob: Pick<Descriptor, "digest" | "size">;
  readonly #bytes: UploadBytes;
  readonly #signal: AbortSignal | undefined;
  #session: UploadSession | undefined;
  #partMaxBytes = Number.POSITIVE_INFINITY;
  #furthest = 0;
  #breaks = 0;

  constructor(
    context: RepositoryContext,
    blob: Pick<Descriptor, "digest" | "size">,
    options: WriteBlobOptions & { readonly session: UploadSession | undefined },
  ) {
    this.#context = context;
    this.#blob = blob;
    this.#bytes = new UploadBytes(blob, options);
    this.#signal = options.signal;
    this.#session = options.session;
  }

  /** Sends all. When that cannot be brought to its end, the registry is told to forget what it has. */
  async run(): Promise<void> {
    try {
      let isDone = await this.#isSent();
      while (!isDone) isDone = (await this.#recover()) || (await this.#isSent());
    } catch (error) {
      if (this.#session !== undefined) await cancelUpload(this.#context, this.#session);
      throw this.#bytes.failure === undefined ? error : this.#bytes.failure.error;
    } finally {
      await this.#bytes.close();
    }
  }

  /** Sends what is missing; false when it broke off and may go on. */
  async #isSent(): Promise<boolean> {
    const session = this.#session ?? (await this.#begin());
    this.#session = session;
    try {
      await this.#sendRest(session);
      return true;
    } catch (error) {
      this.#takeBreak(error, session);
      return false;
    }
  }

  async #begin(): Promise<UploadSession> {
    return startUpload(this.#context, { signal: this.#signal });
  }

  async #sendRest(begun: UploadSession): Promise<void> {
    const { size } = this.#blob;
    let session = begun;
    const isOne = session.offset === 0 && size <= Math.min(ONE_REQUEST_MAX_BYTES, this.#partMaxBytes);
    if (isOne) return this.#close(session, size);
    while (session.offset < size) {
      session = await this.#sendPart(session);
      this.#session = session;
    }
    await this.#close(session, 0);
  }

  async #sendPart(session: UploadSession): Promise<UploadSession> {
    const from = session.offset;
    const to = Math.min(this.#blob.size, from + Math.max(this.#partMaxBytes, session.partMinBytes));
    const isStream = from === 0 && to === this.#blob.size;
    const response = await send(this.#context, {
      method: "PATCH",
      location: session.location,
      actions: ["pull", "push"],
      headers: {
        "content-type": "application/octet-stream",
        // As Docker does: a stream of all has no range.
        ...(isStream ? {} : { "content-range": `${from}-${to - 1}` }),
      },
      body: { size: to - from, open: () => this.#bytes.slice(from, to) },
      expect: [202],
      retry: "never",
      signal: this.#signal,
    });
    await response.drop();
    const next = continued(session, response, to);
    if (next.offset < to && next.offset - from < PROGRESS_BYTES) throw this.#nothingTaken(response);
    return next;
  }

  /** Has the registry store what it got, with `bodySize` bytes of the blob that it did not get yet. */
  async #close(session: UploadSession, bodySize: number): Promise<void> {
    const { digest } = this.#blob;
    const separator = session.location.includes("?") ? "&" : "?";
    const response = await send(this.#context, {
      method: "PUT",
      location: `${session.location}${separator}digest=${encodeURIComponent(digest)}`,
      actions: ["pull", "push"],
      headers: { "content-type": "application/octet-stream" },
      ...(bodySize === 0 ? {} : { body: { size: bodySize, open: () => this.#bytes.slice(0, bodySize) } }),
      expect: [200, 201, 204],
      retry: "never",
      signal: this.#signal,
    });
    await response.drop();
    this.#requireDigest(response);
  }

  #requireDigest(response: RegistryResponse): void {
    const stated = statedDigest(response);
    if (stated !== undefined && stated !== this.#blob.digest) {
      throw digestMismatch(this.#context.name, this.#blob.digest, stated);
    }
  }

  /** Counts a break; throws what an upload cannot go on after. */
  #takeBreak(error: unknown, { offset }: UploadSession): void {
    if (this.#bytes.failure !== undefined) throw error;
    const status = isOciBuildError(error) ? error.data["status"] : undefined;
    if (offset - this.#furthest >= PROGRESS_BYTES) {
      this.#breaks = 0;
      this.#furthest = offset;
    }
    this.#breaks++;
    if (this.#breaks > BREAKS_MAX) throw error;
    const isResumed = status === 400 && offset > 0;
    if (status === 413) this.#takeSmallerParts(error);
    // What was taken up again may not fit together; from the beginning it will, so that is tried once.
    else if (isResumed) this.#breaks = BREAKS_MAX;
    else if (!PASSING_STATUSES.has(status) && !isCut(error, this.#context, this.#signal)) throw error;
  }

  #nothingTaken(response: RegistryResponse): Error {
    const found = "took next to nothing of what it was sent";
    return invalidResponse(this.#context.name, {
      method: "PATCH",
      response,
      problem: "range-invalid",
      found,
    });
  }

  #takeSmallerParts(error: unknown): void {
    const next = Number.isFinite(this.#partMaxBytes) ? this.#partMaxBytes / 4 : PART_BYTES;
    if (next < PART_MIN_BYTES || next < (this.#session?.partMinBytes ?? 0)) throw error;
    this.#partMaxBytes = Math.min(next, Math.ceil(this.#blob.size / 2));
  }

  /** Finds out where the upload stands; true when the blob is there after all. */
  async #recover(): Promise<boolean> {
    const atByte = this.#session?.offset ?? 0;
    warnOfBreak(this.#context, { digest: this.#blob.digest, atByte, doing: "the upload" });
    await this.#context.sleep(PAUSE_MS * 2 ** (this.#breaks - 1), this.#signal);
    const signal = this.#signal;
    const lost = this.#session;
    this.#session = lost && (await findUpload(this.#context, lost, signal));
    if (this.#session !== undefined) return false;
    if (lost !== undefined) await cancelUpload(this.#context, lost);
    return isThere(this.#context, this.#blob.digest, signal);
  }
}
