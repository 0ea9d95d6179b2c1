import { type Digest, digestHex, parseDigest } from "../digest.js";
import { ociError } from "../errors.js";
import { loadZlib } from "../load-zlib.js";
import { encodedMaxBytes } from "./encoded-max-bytes.js";
import type { LayerCodec } from "./layer-codec.js";
import type { FoundSegment, NamedSegment, SegmentSource } from "./segment-source.js";
import { sha256Of } from "./sha256-of.js";
import type { TarHash } from "./tar-hash.js";

/** A segment's compressed bytes, and whether an earlier layer had them. */
export interface EncodedSegment {
  readonly key: string;
  readonly rawCrc32: number;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly origin: "reused" | "compressed";
}

/** What segments are encoded with. `hash` sees all of them in their order. */
export interface SegmentEncoding {
  readonly codec: LayerCodec;
  readonly reuse: SegmentSource | undefined;
  readonly hash: TarHash;
  readonly signal: AbortSignal | undefined;
}

/** Gives segments their compressed bytes: those of an earlier layer when they are found and sound, else new ones. */
export class SegmentEncoder {
  readonly #codec: LayerCodec;
  readonly #source: SegmentSource | undefined;
  readonly #hash: TarHash;
  readonly #signal: AbortSignal | undefined;
  #state: "running" | "stopped" = "running";

  constructor({ codec, reuse, hash, signal }: SegmentEncoding) {
    this.#codec = codec;
    this.#source = reuse;
    this.#hash = hash;
    this.#signal = signal;
  }

  /** Starts nothing more; what runs ends with an error. */
  stop(): void {
    this.#state = "stopped";
  }

  /** Takes the next segment of the tar. `raw` must stay as it is until the promise settles. `filePrefix` is that of
   * `LayerSegment`. */
  async encode(raw: Uint8Array, filePrefix?: Digest): Promise<EncodedSegment> {
    if (this.#source === undefined) return this.#compress(raw, this.#keyOf(raw));
    const key = await (filePrefix === undefined
      ? this.#keyOf(raw)
      : this.#keyByPrefix(raw, filePrefix, this.#source));
    this.#checkRunning();
    const reused = await this.#reuse(key, raw.length, this.#source);
    this.#checkRunning();
    return reused ?? this.#compress(raw, key);
  }

  /** Names the encoded bytes by what they come from. */
  async #keyOf(raw: Uint8Array): Promise<string> {
    return `${await this.#hash.add(raw)}-${this.#codec.form}`;
  }

  /** The key that an earlier layer gave to the same bytes. What a file's running digest says costs nothing more. */
  async #keyByPrefix(raw: Uint8Array, filePrefix: Digest, source: SegmentSource): Promise<string> {
    const [named] = await Promise.all([
      findPrefix(source, `${digestHex(filePrefix)}-${this.#codec.form}`),
      this.#hash.extend(raw),
    ]);
    if (named?.rawSize === raw.length) return named.key;
    this.#checkRunning();
    return `${await this.#hash.ownOf(raw)}-${this.#codec.form}`;
  }

  async #compress(raw: Uint8Array, naming: string | Promise<string>): Promise<EncodedSegment> {
    const [key, bytes] = await Promise.all([naming, this.#codec.encode(raw)]);
    this.#checkRunning();
    const digest = parseDigest(`sha256:${await sha256Of(bytes)}`);
    return { key, rawCrc32: loadZlib().crc32(raw), digest, bytes, origin: "compressed" };
  }

  async #reuse(key: string, rawBytes: number, source: SegmentSource): Promise<EncodedSegment | undefined> {
    try {
      const found = await source.find(key);
      if (found === undefined) return undefined;
      checkSizes(found, rawBytes);
      const { hex, bytes } = await this.#hash.beside(await found.read());
      if (`sha256:${hex}` !== found.digest) throw new Error("it has other bytes than its digest says");
      return { key, rawCrc32: found.rawCrc32, digest: found.digest, bytes, origin: "reused" };
    } catch (cause) {
      this.#checkRunning();
      source.rejected(key, unusable(key, cause));
      return undefined;
    }
  }

  #checkRunning(): void {
    this.#signal?.throwIfAborted();
    if (this.#state === "stopped") throw new Error("the layer is no longer written");
  }
}

async function findPrefix(source: SegmentSource, name: string): Promise<NamedSegment | undefined> {
  try {
    return await source.findPrefix?.(name);
  } catch {
    // The look-up by key meets with the same, and tells of it.
    return undefined;
  }
}

function checkSizes({ rawSize, size }: FoundSegment, rawBytes: number): void {
  if (rawSize === rawBytes && size <= encodedMaxBytes(rawBytes)) return;
  throw new Error(`it has ${size} bytes for ${rawSize} raw ones, expected ${rawBytes} raw ones`);
}

function unusable(key: string, cause: unknown): ReturnType<typeof ociError> {
  return ociError("LAYER_SEGMENT_UNUSABLE", {
    message: `segment ${key} of an earlier layer cannot be used: ${cause instanceof Error ? cause.message : "unknown error"}`,
    data: { key },
    cause,
  });
}
