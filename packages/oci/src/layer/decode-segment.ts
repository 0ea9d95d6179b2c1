import { promisify } from "node:util";
import { digestOf } from "../digest.js";
import { isOciBuildError, type OciBuildError } from "../error.js";
import { ociError } from "../errors.js";
import type { LayerCompression } from "../image/media-types.js";
import { loadZlib } from "../load-zlib.js";
import { SEGMENT_MAX_BYTES } from "./cut-policy.js";
import { encodedMaxBytes } from "./encoded-max-bytes.js";
import type { RangeSource } from "./layer-reader.js";
import type { LayerSegment } from "./layer-tree.js";
import { nodeZstd, zstdMissing } from "./node-zstd.js";

const ENCODED_MAX_BYTES = encodedMaxBytes(SEGMENT_MAX_BYTES);

/** Reads one segment of a blob and gives its raw bytes, after its digest, its size and its CRC were found right.
 * @throws OciBuildError LAYER_SEGMENT_CORRUPT, LAYER_ZSTD_UNAVAILABLE */
export async function decodeSegment(blob: RangeSource, segment: LayerSegment): Promise<Buffer> {
  if (segment.rawSize > SEGMENT_MAX_BYTES || segment.size > ENCODED_MAX_BYTES) {
    throw segmentCorrupt(segment, "larger than a segment can be");
  }
  const encoded = await readRange(blob, segment);
  if (digestOf(encoded) !== segment.digest) throw segmentCorrupt(segment, "other bytes than were written");
  const raw = await decodeBytes(encoded, segment);
  if (raw.length !== segment.rawSize || loadZlib().crc32(raw) !== segment.rawCrc32) {
    throw segmentCorrupt(segment, "it unpacks to other bytes than were packed");
  }
  return raw;
}

/** The error for a segment that is not what the layer's table says. */
export function segmentCorrupt(
  { offset, size }: { readonly offset: number; readonly size: number },
  problem: string,
  cause?: unknown,
): OciBuildError<"LAYER_SEGMENT_CORRUPT"> {
  return ociError("LAYER_SEGMENT_CORRUPT", {
    message: `damaged layer segment of ${size} bytes at ${offset}: ${problem}`,
    data: { offset, size },
    cause,
  });
}

async function readRange(blob: RangeSource, segment: LayerSegment): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of blob(segment.offset, segment.size)) {
    bytes += chunk.length;
    if (bytes > segment.size) break;
    chunks.push(chunk);
  }
  if (bytes !== segment.size) throw segmentCorrupt(segment, `the blob gives ${bytes} bytes`);
  return Buffer.concat(chunks);
}

async function decodeBytes(encoded: Buffer, segment: LayerSegment): Promise<Buffer> {
  try {
    return await decoders[segment.compression](encoded, segment.rawSize);
  } catch (error) {
    if (isOciBuildError(error, "LAYER_ZSTD_UNAVAILABLE")) throw error;
    throw segmentCorrupt(segment, "it cannot be unpacked", error);
  }
}

type Decode = (encoded: Buffer, rawBytes: number) => Promise<Buffer>;

/** What unpacks a segment alone; more than its raw bytes never come out. */
const decoders: { readonly [Compression in LayerCompression]: Decode } = {
  none: (encoded) => Promise.resolve(encoded),
  // A segment has no last block, so its end is no end of the stream.
  gzip: (encoded, rawBytes) => {
    const { constants, inflateRaw } = loadZlib();
    return promisify(inflateRaw)(encoded, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...outputOf(rawBytes),
    });
  },
  zstd: (encoded, rawBytes) => {
    const zstd = nodeZstd();
    if (zstd === undefined) throw zstdMissing();
    return promisify(zstd.zstdDecompress)(encoded, outputOf(rawBytes));
  },
};

function outputOf(rawBytes: number): { readonly chunkSize: number; readonly maxOutputLength: number } {
  return {
    chunkSize: Math.max(rawBytes, loadZlib().constants.Z_MIN_CHUNK),
    maxOutputLength: Math.max(rawBytes, 1),
  };
}
