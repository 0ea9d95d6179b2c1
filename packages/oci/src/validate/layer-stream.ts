import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ociError } from "../errors.js";

/** The compressions that are checked. */
export type CheckedCompression = "none" | "gzip";

/** How to read a layer: how it is stored, and how many bytes it may decompress to. */
export interface LayerStreamOptions {
  readonly compression: CheckedCompression;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** The uncompressed bytes of a layer. Fails when compressed bytes remain after the end of the stream.
 * @throws OciBuildError OCI_CONTENT_LIMIT, OCI_TAR_INVALID, and zlib's errors */
export async function* layerStream(
  stored: AsyncIterable<Uint8Array>,
  { compression, maxBytes, signal }: LayerStreamOptions,
): AsyncGenerator<Uint8Array> {
  let uncompressed = 0;
  for await (const chunk of compression === "gzip" ? gunzipped(stored) : stored) {
    signal?.throwIfAborted();
    uncompressed += chunk.length;
    if (uncompressed > maxBytes) throw tooLong(maxBytes);
    yield chunk;
  }
}

async function* gunzipped(stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  let given = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of stored) {
      given += chunk.length;
      yield chunk;
    }
  };
  // An error of either stream destroys the other, and is thrown by the loop below.
  pipeline(Readable.from(counted()), gunzip, () => undefined);
  yield* gunzip as AsyncIterable<Uint8Array>;
  if (gunzip.bytesWritten === given) return;
  throw ociError("OCI_LAYER_TRAILING_BYTES", {
    message: `layer's gzip stream ends ${given - gunzip.bytesWritten} bytes before its blob`,
    data: { trailingBytes: given - gunzip.bytesWritten },
  });
}

function tooLong(maxBytes: number): Error {
  const found = `more than ${maxBytes} bytes`;
  return ociError("OCI_CONTENT_LIMIT", { message: `layer decompresses to ${found}`, data: { found } });
}
