import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { ociError } from "../errors.js";
import { archiveCompression, MAGIC_BYTES } from "./archive-magic.js";

/** Without another bound, what may come out of one archive: a terabyte, above any layer in use. */
export const TAR_TOTAL_MAX_BYTES: number = 2 ** 40;

const CHUNK_BYTES = 256 * 1024;

export interface DecompressOptions {
  /** Bytes that may come out. Default `TAR_TOTAL_MAX_BYTES`. */
  readonly maxBytes?: number | undefined;
}

/** The bytes of an archive that may be compressed, told by how it begins: gzip (of one or more members) is unpacked,
 * what begins like no known compression is passed on. Stopping early ends the source too.
 * @throws OciBuildError TAR_COMPRESSION_UNSUPPORTED naming what was found, TAR_COMPRESSION_CORRUPT,
 * TAR_LIMIT_EXCEEDED; what `source` throws is passed on */
export async function* decompressedStream(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const max = options.maxBytes ?? TAR_TOTAL_MAX_BYTES;
  let bytes = 0;
  for await (const chunk of decoded(source)) {
    bytes += chunk.length;
    if (bytes > max) {
      const message = `the archive unpacks to more than ${max} bytes`;
      throw ociError("TAR_LIMIT_EXCEEDED", { message, data: { limit: "unpacked bytes", max } });
    }
    yield chunk;
  }
}

async function* decoded(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    const start = await firstBytes(iterator);
    const all = joined(start, iterator);
    const compression = archiveCompression(start);
    if (compression === "none") yield* all;
    else if (compression === "gzip") yield* gunzipped(all);
    else {
      const message = `the archive is compressed with ${compression}, expected gzip or no compression`;
      throw ociError("TAR_COMPRESSION_UNSUPPORTED", { message, data: { found: compression } });
    }
  } finally {
    await iterator.return?.();
  }
}

async function firstBytes(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array();
  while (start.length < MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  return start;
}

async function* joined(
  start: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (start.length > 0) yield start;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}

async function* gunzipped(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const feeding = pipeline(Readable.from(packed, { objectMode: false, highWaterMark: CHUNK_BYTES }), gunzip);
  // Its failure also ends the loop below.
  feeding.catch(() => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
    await feeding;
  } catch (error) {
    throw isZlibError(error) ? corrupt(error) : error;
  } finally {
    gunzip.destroy();
  }
}

/** zlib's own errors have its error number; those of the source do not. */
function isZlibError(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || !("errno" in error)) return false;
  return typeof error.code === "string" && error.code.startsWith("Z_");
}

function corrupt(cause: unknown): Error {
  return ociError("TAR_COMPRESSION_CORRUPT", {
    message: "the archive's gzip stream is damaged or cut short",
    data: { compression: "gzip" },
    cause,
  });
}
