import type { Digest } from "../digest.js";
import { SEGMENT_MAX_BYTES } from "./cut-policy.js";
import type { PipelineResult, SegmentPipeline } from "./segment-pipeline.js";
import type { Steps } from "./steps.js";

/** Segments up to this size leave the buffer as a copy, so that it is not taken away for a lone header. */
const COPY_MAX_BYTES = 64 * 1024;

/** Gathers a layer's tar in a buffer, and hands it on segment by segment. Buffers come back and are used again. */
export class SegmentAssembler {
  readonly #pipeline: SegmentPipeline;
  readonly #free: Buffer[] = [];
  #buffer: Buffer;
  #length = 0;
  #sealedBytes = 0;

  constructor(pipeline: SegmentPipeline) {
    this.#pipeline = pipeline;
    this.#buffer = pipeline.allocate(SEGMENT_MAX_BYTES);
  }

  /** Where in the tar the next byte stands. */
  get tarOffset(): number {
    return this.#sealedBytes + this.#length;
  }

  /** Whether so many more bytes fit into the segment that is being gathered. */
  fits(byteCount: number): boolean {
    return this.#length + byteCount <= SEGMENT_MAX_BYTES;
  }

  append(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  appendZeros(count: number): void {
    if (count === 0) return;
    this.#buffer.fill(0, this.#length, this.#length + count);
    this.#length += count;
  }

  /** Room for the next bytes, to be filled from its beginning; `advance` says how many it was. */
  room(byteCount: number): Uint8Array {
    return this.#buffer.subarray(this.#length, this.#length + byteCount);
  }

  advance(byteCount: number): void {
    this.#length += byteCount;
  }

  /** The last bytes of this segment, until it is cut. */
  last(byteCount: number): Uint8Array {
    return this.#buffer.subarray(this.#length - byteCount, this.#length);
  }

  /** Ends the segment, if it has any bytes. `filePrefix` is that of `LayerSegment`. */
  *cut(filePrefix?: Digest): Steps<void> {
    if (this.#length === 0) return;
    const buffer = this.#buffer;
    const raw = buffer.subarray(0, this.#length);
    this.#sealedBytes += this.#length;
    this.#length = 0;
    if (raw.length <= COPY_MAX_BYTES) {
      yield* this.#pipeline.push({ raw: Buffer.from(raw), filePrefix, release: nothing });
      return;
    }
    this.#buffer = this.#free.pop() ?? this.#pipeline.allocate(SEGMENT_MAX_BYTES);
    yield* this.#pipeline.push({ raw, filePrefix, release: () => this.#free.push(buffer) });
  }

  *finish(): Steps<PipelineResult> {
    yield* this.cut();
    return yield* this.#pipeline.finish();
  }
}

function nothing(): void {
  // A copy needs no giving back.
}
