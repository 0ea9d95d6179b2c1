import { Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ociError } from "../errors.js";
import { nodeZstd } from "../layer/node-zstd.js";
import { loadZlib } from "../load-zlib.js";
import { type ArchiveCompression, archiveCompression, MAGIC_BYTES } from "./archive-magic.js";
import { zstdFramePieces } from "./zstd-frame-pieces.js";

/** Without another bound, what may come out of one archive: a terabyte, above any layer in use. */
export const TAR_TOTAL_MAX_BYTES: number = 2 ** 40;

const CHUNK_BYTES = 256 * 1024;

export interface DecompressOptions {
  /** Bytes that may come out. Default `TAR_TOTAL_MAX_BYTES`. */
  readonly maxBytes?: number | undefined;
}

/** The bytes of an archive that may be compressed, told by how it begins: gzip (of one or more members) is unpacked,
 * and zstd where Node has it (from 22.15); what begins like no known compression is passed on. Stopping early ends the source too.
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
    else yield* unpacked(all, compression);
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

async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  compression: Exclude<ArchiveCompression, "none">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const unpacking = unpackingStream(compression);
  const feeding = pipeline(feedOf(packed, compression), unpacking);
  // Its failure also ends the loop below.
  feeding.catch(() => undefined);
  try {
    for await (const chunk of unpacking) yield chunk as Uint8Array;
    await feeding;
  } catch (error) {
    throw isZlibError(error) ? corrupt(compression, error) : error;
  } finally {
    unpacking.destroy();
  }
}

function feedOf(packed: AsyncIterable<Uint8Array>, compression: ArchiveCompression): Readable {
  // The pieces of zstd must stay apart.
  if (compression === "zstd") return Readable.from(zstdFramePieces(packed), { highWaterMark: 1 });
  return Readable.from(packed, { objectMode: false, highWaterMark: CHUNK_BYTES });
}

function unpackingStream(compression: Exclude<ArchiveCompression, "none">): Transform {
  const zstd = nodeZstd();
  if (compression === "gzip") return loadZlib().createGunzip({ chunkSize: CHUNK_BYTES });
  if (compression === "zstd" && zstd !== undefined) {
    return zstd.createZstdDecompress({ chunkSize: CHUNK_BYTES });
  }
  const expected = zstd === undefined ? "gzip or no compression" : "gzip, zstd or no compression";
  throw ociError("TAR_COMPRESSION_UNSUPPORTED", {
    message: `the archive is compressed with ${compression}, expected ${expected}`,
    data: { found: compression },
    hint: compression === "zstd" ? "Use Node 22.15 or later, which has zstd." : undefined,
  });
}

/** The errors of zlib and zstd have their error numbers; those of the source do not. */
function isZlibError(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || !("errno" in error)) return false;
  return typeof error.code === "string" && /^Z_|^ZSTD_/.test(error.code);
}

function corrupt(compression: ArchiveCompression, cause: unknown): Error {
  return ociError("TAR_COMPRESSION_CORRUPT", {
    message: `the archive's ${compression} stream is damaged or cut short`,
    data: { compression },
    cause,
  });
}
