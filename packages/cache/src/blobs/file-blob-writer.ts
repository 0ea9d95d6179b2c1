import { createHash, type Hash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { type FileHandle, rm } from "node:fs/promises";
import { type Digest, parseDigest } from "@oci-build/oci";
import type { BlobWriter } from "../blob-store.js";
import { cacheError } from "../errors.js";
import { storeError } from "../store/store-error.js";
import { EarlyFlush } from "./early-flush.js";

/** The temporary file that a writer owns, and how it becomes a blob. */
export interface BlobFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Gives the finished file its name; the bytes are on the disk by then. A large file comes with a stat that no later
   * write can leave as it is. */
  readonly publish: (digest: Digest, stats?: BigIntStats) => Promise<void>;
}

/** Smaller blobs are hashed again in no time. */
const STAT_MIN_BYTES = 16 * 1024 * 1024;

/** How long before now the time of a finished file lies: some ticks of the clock by which kernels stamp files. */
const BACKDATED_MS = 50;

/** Writes one blob to a temporary file, hashing on the way. */
export class FileBlobWriter implements BlobWriter {
  readonly #file: BlobFile;
  readonly #hash: Hash = createHash("sha256");
  readonly #flush: EarlyFlush;
  #size = 0;
  /** Of all that was written; undefined when nobody asked since the last write. */
  #digest: Digest | undefined;
  #state: "open" | "done" = "open";
  #failure: Error | undefined;

  constructor(file: BlobFile) {
    this.#file = file;
    this.#flush = new EarlyFlush(file.handle);
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#state !== "open") throw new Error("write to a blob that is committed or discarded");
    const position = this.#size;
    this.#size += chunk.length;
    this.#hash.update(chunk);
    this.#digest = undefined;
    try {
      await writeAll(this.#file.handle, chunk, position);
      this.#flush.grownTo(this.#size);
    } catch (error) {
      this.#failure = storeError(error, this.#file.path);
      throw this.#failure;
    }
  }

  digest(): Digest {
    this.#digest ??= parseDigest(`sha256:${this.#hash.copy().digest("hex")}`);
    return this.#digest;
  }

  async commit(expected?: Digest): Promise<{ readonly digest: Digest; readonly size: number }> {
    if (this.#state !== "open") throw new Error("commit of a blob that is committed or discarded");
    try {
      const digest = this.digest();
      if (this.#failure !== undefined) throw this.#failure;
      if (expected !== undefined && expected !== digest) throw mismatch(expected, digest);
      // Without this a crash could leave the right name and size over zeros, which no look-up would notice.
      await this.#flush.finish();
      const stats = this.#size < STAT_MIN_BYTES ? undefined : await backdate(this.#file.handle);
      await this.#file.handle.close();
      await this.#file.publish(digest, stats);
      this.#state = "done";
      return { digest, size: this.#size };
    } catch (error) {
      await this.discard();
      throw storeError(error, this.#file.path);
    }
  }

  async discard(): Promise<void> {
    if (this.#state === "done") return;
    this.#state = "done";
    // Closing a closed handle is harmless; a flush that runs is waited for.
    await this.#file.handle.close();
    await rm(this.#file.path, { force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.discard();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
}

async function backdate(handle: FileHandle): Promise<BigIntStats> {
  const seconds = Math.floor((Date.now() - BACKDATED_MS) / 1000);
  await handle.utimes(seconds, seconds);
  return handle.stat({ bigint: true });
}

function mismatch(expected: Digest, found: Digest): Error {
  return cacheError("CACHE_DIGEST_MISMATCH", {
    message: `the bytes written have the digest ${found}, expected ${expected}`,
    data: { expected, found },
  });
}
