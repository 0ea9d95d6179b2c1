import { promisify } from "node:util";
import { mediaTypes } from "../image/media-types.js";
import { encodedMaxBytes } from "./encoded-max-bytes.js";
import type { LayerCodec } from "./layer-codec.js";
import { nodeZstd, zstdMissing, zstdParameters } from "./node-zstd.js";

/** A frame for each segment; joined frames are one zstd stream. Each says how long its content is and ends with a
 * checksum, so that any reader finds damage. The work runs on libuv's pool.
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1
 * @throws OciBuildError LAYER_ZSTD_UNAVAILABLE */
export function zstdCodec(level: number): LayerCodec {
  const zstd = nodeZstd();
  if (zstd === undefined) throw zstdMissing();
  const compress = promisify(zstd.zstdCompress);
  const { compressionLevel, contentSizeFlag, checksumFlag } = zstdParameters;
  const params = { [compressionLevel]: level, [contentSizeFlag]: 1, [checksumFlag]: 1 };
  return {
    mediaType: mediaTypes.layerZstd,
    compression: "zstd",
    form: `zstd-${level}-${process.versions["zstd"] ?? "unknown"}-${process.arch}`,
    start: new Uint8Array(),
    encode: (raw) =>
      compress(raw, { params, pledgedSrcSize: raw.length, chunkSize: encodedMaxBytes(raw.length) }),
    finish: () => new Uint8Array(),
  };
}
