import { createHash, type Hash, hash } from "node:crypto";
import { sha256Of } from "./sha256-of.js";
import { WorkerTarHash } from "./worker-tar-hash.js";

/** Bytes and their SHA-256 in hex. */
export interface HashedBytes {
  readonly hex: string;
  readonly bytes: Uint8Array;
}

/** Hashes a tar that comes in segments, and each segment by itself; all in hex. */
export interface TarHash {
  /** Memory for segments from which `add` need not copy. */
  allocate(byteCount: number): Buffer;
  /** Gives a segment's own SHA-256. The bytes must stay as they are until then. */
  add(segment: Uint8Array): string | Promise<string>;
  /** Takes a segment as a part of the tar only. The bytes must stay as they are until then. */
  extend(segment: Uint8Array): void | Promise<void>;
  /** Gives the SHA-256 of a segment that was only taken as a part of the tar. */
  ownOf(segment: Uint8Array): string | Promise<string>;
  /** Hashes bytes that are no part of the tar. Those that were given may be gone by then: the same come back. */
  beside(bytes: Uint8Array): Promise<HashedBytes>;
  /** Gives the SHA-256 of all segments, in the order they came in. */
  finish(): string | Promise<string>;
  /** Ends what still runs. Never fails. */
  close(): Promise<void>;
}

/** From so many bytes on the two hashes of a tar have a thread of their own. Starting one takes as long as hashing some
 * thirty megabytes. */
const WORKER_MIN_BYTES = 64 * 1024 * 1024;

/** A hash for a tar of about so many bytes. */
export function tarHash(expectedBytes: number): TarHash {
  return expectedBytes < WORKER_MIN_BYTES ? new InlineTarHash() : new WorkerTarHash();
}

class InlineTarHash implements TarHash {
  readonly #whole: Hash = createHash("sha256");

  allocate(byteCount: number): Buffer {
    return Buffer.allocUnsafeSlow(byteCount);
  }

  add(segment: Uint8Array): string {
    this.#whole.update(segment);
    return hash("sha256", segment, "hex");
  }

  extend(segment: Uint8Array): void {
    this.#whole.update(segment);
  }

  ownOf(segment: Uint8Array): string {
    return hash("sha256", segment, "hex");
  }

  async beside(bytes: Uint8Array): Promise<HashedBytes> {
    return { hex: await sha256Of(bytes), bytes };
  }

  finish(): string {
    return this.#whole.digest("hex");
  }

  async close(): Promise<void> {
    // Nothing runs beside this thread.
  }
}
