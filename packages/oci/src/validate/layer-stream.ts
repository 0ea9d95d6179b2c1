import { pipeline, Readable, type Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { ociError } from "../errors.js";
import type { LayerCompression } from "../image/media-types.js";
import { nodeZstd, zstdMissing } from "../layer/node-zstd.js";
import { zstdFramePieces } from "../tar/zstd-frame-pieces.js";

/** The compressions that can be checked; zstd only where Node has it. */
export type CheckedCompression = LayerCompression;

/** How to read a layer: how it is stored, and how many bytes it may decompress to. */
export interface LayerStreamOptions {
  readonly compression: CheckedCompression;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** The uncompressed bytes of a layer. Fails when compressed bytes remain after the end of the stream.
 * @throws OciBuildError OCI_CONTENT_LIMIT, OCI_LAYER_TRAILING_BYTES, LAYER_ZSTD_UNAVAILABLE, and zlib's errors */
export async function* layerStream(
  stored: AsyncIterable<Uint8Array>,
  { compression, maxBytes, signal }: LayerStreamOptions,
): AsyncGenerator<Uint8Array> {
  let uncompressed = 0;
  for await (const chunk of compression === "none" ? stored : unpacked(stored, compression)) {
    signal?.throwIfAborted();
    uncompressed += chunk.length;
    if (uncompressed > maxBytes) throw tooLong(maxBytes);
    yield chunk;
  }
}

async function* unpacked(
  stored: AsyncIterable<Uint8Array>,
  compression: "gzip" | "zstd",
): AsyncGenerator<Uint8Array> {
  const unpacking = compression === "gzip" ? createGunzip() : zstdStream();
  let given = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    const pieces = compression === "gzip" ? stored : zstdFramePieces(stored);
    for await (const chunk of pieces) {
      given += chunk.length;
      yield chunk;
    }
  };
  // An error of either stream destroys the other, and is thrown by the loop below.
  pipeline(Readable.from(counted()), unpacking, () => undefined);
  yield* unpacking as AsyncIterable<Uint8Array>;
  if (unpacking.bytesWritten === given) return;
  throw ociError("OCI_LAYER_TRAILING_BYTES", {
    message: `layer's ${compression} stream ends ${given - unpacking.bytesWritten} bytes before its blob`,
    data: { trailingBytes: given - unpacking.bytesWritten },
  });
}

function zstdStream(): Transform & { readonly bytesWritten: number } {
  const zstd = nodeZstd();
  if (zstd === undefined) throw zstdMissing();
  return zstd.createZstdDecompress({});
}

function tooLong(maxBytes: number): Error {
  const found = `more than ${maxBytes} bytes`;
  return ociError("OCI_CONTENT_LIMIT", { message: `layer decompresses to ${found}`, data: { found } });
}
