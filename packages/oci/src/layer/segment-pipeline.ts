import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { type DiffId, type Digest, digestOf, parseDiffId, parseDigest } from "../digest.js";
import { combineCrc32 } from "./crc32-combine.js";
import type { LayerCodec } from "./layer-codec.js";
import type { LayerSegment } from "./layer-tree.js";
import type { Steps } from "./steps.js";

/** Takes a layer's bytes in order. It is called again only when it has returned and its promise has settled; the
 * bytes are its own to keep. */
export type LayerSink = (chunk: Uint8Array) => void | Promise<void>;

/** Raw bytes that may be under compression at once, a segment always: memory stays a few times this. */
const IN_FLIGHT_MAX_BYTES = 8 * 1024 * 1024;
/** Segments that may be under compression at once, for those of a few hundred bytes. */
const IN_FLIGHT_MAX_SEGMENTS = 64;

interface PendingSegment {
  readonly raw: Omit<LayerSegment, "offset" | "size" | "digest">;
  readonly encoded: Promise<Uint8Array>;
  readonly release: () => void;
}

/** What all segments together are. */
export interface PipelineResult {
  readonly digest: Digest;
  readonly size: number;
  readonly diffId: DiffId;
  readonly uncompressedSize: number;
  readonly segments: readonly LayerSegment[];
}

/** Compresses segments side by side and sends them on in their order. */
export class SegmentPipeline {
  readonly #codec: LayerCodec;
  readonly #sink: LayerSink;
  readonly #signal: AbortSignal | undefined;
  readonly #pending: PendingSegment[] = [];
  readonly #segments: LayerSegment[] = [];
  readonly #rawHash: Hash = createHash("sha256");
  readonly #blobHash: Hash = createHash("sha256");
  #pendingBytes = 0;
  #rawSize = 0;
  #size = 0;
  #crc32 = 0;

  constructor(options: { codec: LayerCodec; sink: LayerSink; signal: AbortSignal | undefined }) {
    this.#codec = options.codec;
    this.#sink = options.sink;
    this.#signal = options.signal;
  }

  /** Takes the next segment. `raw` belongs to the pipeline until it calls `release`. */
  *push(raw: Uint8Array, release: () => void): Steps<void> {
    while (this.#isFull()) yield* this.#sendFirst();
    const rawCrc32 = crc32(raw);
    const encoded = this.#codec.encode(raw);
    // Awaited in its turn; until then its failure must not count as unhandled.
    encoded.catch(ignore);
    this.#rawHash.update(raw);
    this.#pending.push({
      raw: { key: segmentKey(raw, this.#codec), rawOffset: this.#rawSize, rawSize: raw.length, rawCrc32 },
      encoded,
      release,
    });
    this.#pendingBytes += raw.length;
    this.#rawSize += raw.length;
    this.#crc32 = combineCrc32(this.#crc32, rawCrc32, raw.length);
  }

  /** Sends what is left and the end of the stream. */
  *finish(): Steps<PipelineResult> {
    while (this.#pending.length > 0) yield* this.#sendFirst();
    if (this.#size === 0) yield* this.#send(this.#codec.start);
    yield* this.#send(this.#codec.finish({ crc32: this.#crc32, sizeBytes: this.#rawSize }));
    return {
      digest: parseDigest(`sha256:${this.#blobHash.digest("hex")}`),
      size: this.#size,
      diffId: parseDiffId(`sha256:${this.#rawHash.digest("hex")}`),
      uncompressedSize: this.#rawSize,
      segments: this.#segments,
    };
  }

  #isFull(): boolean {
    const { length } = this.#pending;
    return length > 0 && (this.#pendingBytes >= IN_FLIGHT_MAX_BYTES || length >= IN_FLIGHT_MAX_SEGMENTS);
  }

  *#sendFirst(): Steps<void> {
    const first = this.#pending.shift();
    if (first === undefined) return;
    const encoded = (yield first.encoded) as Uint8Array;
    first.release();
    this.#pendingBytes -= first.raw.rawSize;
    if (this.#size === 0) yield* this.#send(this.#codec.start);
    this.#segments.push({
      ...first.raw,
      offset: this.#size,
      size: encoded.length,
      digest: digestOf(encoded),
    });
    yield* this.#send(encoded);
  }

  *#send(chunk: Uint8Array): Steps<void> {
    this.#signal?.throwIfAborted();
    this.#blobHash.update(chunk);
    this.#size += chunk.length;
    const waiting = this.#sink(chunk);
    if (waiting !== undefined) yield waiting;
  }
}

/** Names the encoded bytes by what they come from. */
function segmentKey(raw: Uint8Array, codec: LayerCodec): string {
  return `${createHash("sha256").update(raw).digest("hex")}-${codec.form}`;
}

function ignore(): void {
  // The failure is thrown where the segment is awaited.
}
