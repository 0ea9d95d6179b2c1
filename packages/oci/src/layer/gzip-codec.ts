import { promisify } from "node:util";
import { mediaTypes } from "../image/media-types.js";
import { loadZlib } from "../load-zlib.js";
import { encodedMaxBytes } from "./encoded-max-bytes.js";
import type { LayerCodec, RawTotals } from "./layer-codec.js";

/** Magic, deflate, no flags, no time, no extra flags, unknown system: nothing of the machine that wrote it. */
const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/** An empty last block. It stands alone, so that the last segment ends like every other and can be reused. */
const lastBlock = [0x03, 0x00] as const;

/** One ordinary gzip member, its segments deflated apart: each ends with a full flush, after which deflate starts on a
 * whole byte and looks back at nothing, so the joined segments are one deflate stream.
 * The work runs on libuv's pool.
 * @see https://www.rfc-editor.org/rfc/rfc1952 */
export function gzipCodec(level: number): LayerCodec {
  return {
    mediaType: mediaTypes.layerGzip,
    compression: "gzip",
    form: `gzip-${level}-${process.versions.zlib}-${process.arch}`,
    start: header,
    encode: (raw) => encode(raw, level),
    finish,
  };
}

async function encode(raw: Uint8Array, level: number): Promise<Uint8Array> {
  const { constants, deflateRaw } = loadZlib();
  return promisify(deflateRaw)(raw, {
    level,
    finishFlush: constants.Z_FULL_FLUSH,
    // So much that it runs in one go and in one allocation.
    chunkSize: encodedMaxBytes(raw.length),
  });
}

function finish(totals: RawTotals): Uint8Array {
  const end = Buffer.alloc(lastBlock.length + 8);
  end.set(lastBlock);
  end.writeUInt32LE(totals.crc32, lastBlock.length);
  end.writeUInt32LE(totals.sizeBytes % 2 ** 32, lastBlock.length + 4);
  return end;
}
