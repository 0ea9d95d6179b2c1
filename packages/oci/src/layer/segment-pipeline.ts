import { createHash, type Hash } from "node:crypto";
import { type DiffId, type Digest, parseDiffId, parseDigest } from "../digest.js";
import { combineCrc32 } from "./crc32-combine.js";
import type { LayerCodec } from "./layer-codec.js";
import type { LayerSegment, LayerWork } from "./layer-tree.js";
import { type EncodedSegment, SegmentEncoder } from "./segment-encoder.js";
import type { SegmentSource } from "./segment-source.js";
import { type Steps, settle } from "./steps.js";
import { type TarHash, tarHash } from "./tar-hash.js";

/** Takes a layer's bytes in order. It is called again only when it has returned and its promise has settled; the
 * bytes are its own to keep. */
export type LayerSink = (chunk: Uint8Array) => void | Promise<void>;

/** Raw bytes that may be under compression at once, a segment always: memory stays a few times this. */
const IN_FLIGHT_MAX_BYTES = 8 * 1024 * 1024;
/** Segments that may be under compression at once, for those of a few hundred bytes. */
const IN_FLIGHT_MAX_SEGMENTS = 64;

interface PendingSegment {
  readonly rawOffset: number;
  readonly rawSize: number;
  readonly filePrefix: Digest | undefined;
  readonly encoded: Promise<EncodedSegment>;
  readonly release: () => void;
}

/** A segment of the tar. Its bytes belong to the pipeline until it calls `release`; `filePrefix` is that of
 * `LayerSegment`. */
export interface RawSegment {
  readonly raw: Uint8Array;
  readonly filePrefix: Digest | undefined;
  readonly release: () => void;
}

/** What all segments together are. */
export interface PipelineResult {
  readonly digest: Digest;
  readonly size: number;
  readonly diffId: DiffId;
  readonly uncompressedSize: number;
  readonly segments: readonly LayerSegment[];
  readonly work: LayerWork;
}

/** What a pipeline works with. */
export interface PipelineOptions {
  readonly codec: LayerCodec;
  readonly sink: LayerSink;
  readonly reuse: SegmentSource | undefined;
  readonly signal: AbortSignal | undefined;
  /** How large the tar will be, about. */
  readonly expectedBytes: number;
  /** The digest of all that the sink got, when it hashes that itself. */
  readonly sinkDigest: (() => Digest) | undefined;
}

/** Compresses segments side by side, or finds them compressed, and sends them on in their order. */
export class SegmentPipeline {
  readonly #codec: LayerCodec;
  readonly #sink: LayerSink;
  readonly #signal: AbortSignal | undefined;
  readonly #encoder: SegmentEncoder;
  readonly #pending: PendingSegment[] = [];
  readonly #segments: LayerSegment[] = [];
  readonly #tarHash: TarHash;
  readonly #blobHash: Hash | undefined;
  readonly #sinkDigest: (() => Digest) | undefined;
  readonly #work = { segmentsReused: 0, segmentsCompressed: 0, bytesReused: 0, bytesCompressed: 0 };
  #pendingBytes = 0;
  #rawSize = 0;
  #size = 0;
  #crc32 = 0;
  /** What the sink is still busy with, while the next segment is gathered. */
  #sending: Promise<void> | undefined;

  constructor({ codec, sink, reuse, signal, expectedBytes, sinkDigest }: PipelineOptions) {
    this.#codec = codec;
    this.#sink = sink;
    this.#sinkDigest = sinkDigest;
    this.#blobHash = sinkDigest === undefined ? createHash("sha256") : undefined;
    this.#signal = signal;
    this.#tarHash = tarHash(expectedBytes);
    this.#encoder = new SegmentEncoder({ codec, reuse, hash: this.#tarHash, signal });
  }

  /** Memory for segments, from which they are taken fastest. */
  allocate(byteCount: number): Buffer {
    return this.#tarHash.allocate(byteCount);
  }

  /** Takes the next segment. */
  *push({ raw, filePrefix, release }: RawSegment): Steps<void> {
    while (this.#isFull()) yield* this.#sendFirst();
    const encoded = this.#encoder.encode(raw, filePrefix);
    // Awaited in its turn; until then its failure must not count as unhandled.
    encoded.catch(ignore);
    this.#pending.push({ rawOffset: this.#rawSize, rawSize: raw.length, filePrefix, encoded, release });
    this.#pendingBytes += raw.length;
    this.#rawSize += raw.length;
  }

  /** Sends what is left and the end of the stream. */
  *finish(): Steps<PipelineResult> {
    while (this.#pending.length > 0) yield* this.#sendFirst();
    if (this.#segments.length === 0) yield* this.#send(this.#codec.start);
    yield* this.#send(this.#codec.finish({ crc32: this.#crc32, sizeBytes: this.#rawSize }));
    yield* this.#settleSending();
    const diffHex = yield* settle(this.#tarHash.finish());
    return {
      digest: this.#sinkDigest?.() ?? parseDigest(`sha256:${this.#blobHash?.digest("hex")}`),
      size: this.#size,
      diffId: parseDiffId(`sha256:${diffHex}`),
      uncompressedSize: this.#rawSize,
      segments: this.#segments,
      work: this.#work,
    };
  }

  /** Ends the work that is under way, and waits until none of it runs. Never fails. */
  async stop(): Promise<void> {
    this.#encoder.stop();
    await Promise.allSettled([this.#sending, ...this.#pending.splice(0).map(({ encoded }) => encoded)]);
    await this.#tarHash.close();
  }

  #isFull(): boolean {
    const { length } = this.#pending;
    return length > 0 && (this.#pendingBytes >= IN_FLIGHT_MAX_BYTES || length >= IN_FLIGHT_MAX_SEGMENTS);
  }

  *#sendFirst(): Steps<void> {
    const [first] = this.#pending;
    if (first === undefined) return;
    const { rawOffset, rawSize, filePrefix, encoded, release } = first;
    const { key, rawCrc32, digest, bytes, origin } = (yield encoded) as EncodedSegment;
    this.#pending.shift();
    release();
    this.#pendingBytes -= rawSize;
    if (this.#segments.length === 0) yield* this.#send(this.#codec.start);
    this.#crc32 = combineCrc32(this.#crc32, rawCrc32, rawSize);
    const { compression } = this.#codec;
    const place = { rawOffset, rawSize, rawCrc32, offset: this.#size, size: bytes.length };
    this.#segments.push({ key, compression, ...place, digest, filePrefix });
    this.#count(origin, rawSize);
    yield* this.#send(bytes);
  }

  #count(origin: EncodedSegment["origin"], rawBytes: number): void {
    const isReused = origin === "reused";
    this.#work[isReused ? "segmentsReused" : "segmentsCompressed"] += 1;
    this.#work[isReused ? "bytesReused" : "bytesCompressed"] += rawBytes;
  }

  *#send(chunk: Uint8Array): Steps<void> {
    if (chunk.length === 0) return;
    yield* this.#settleSending();
    this.#signal?.throwIfAborted();
    this.#blobHash?.update(chunk);
    this.#size += chunk.length;
    this.#sending = this.#sink(chunk) ?? undefined;
    // Awaited before the next chunk is sent; until then its failure must not count as unhandled.
    this.#sending?.catch(ignore);
  }

  *#settleSending(): Steps<void> {
    const sending = this.#sending;
    if (sending === undefined) return;
    this.#sending = undefined;
    yield sending;
  }
}

function ignore(): void {
  // The failure is thrown where the segment is awaited.
}
