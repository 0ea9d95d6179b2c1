import { ociError } from "../errors.js";
import type { LayerCompression } from "../image/media-types.js";
import { gzipCodec } from "./gzip-codec.js";
import type { LayerCodec } from "./layer-codec.js";
import { plainCodec } from "./plain-codec.js";
import { zstdCodec } from "./zstd-codec.js";

/** The levels of each compression. `usual` is what the programs gzip and zstd take; Node's zlib gives 1.5 % more bytes
 * for it than GNU gzip does, segments 0.3 % more. Zstd also has negative levels, which layers have no use for. */
const levels = {
  none: { min: 0, usual: 0, max: 0 },
  gzip: { min: 0, usual: 6, max: 9 },
  zstd: { min: 1, usual: 3, max: 22 },
} as const;

const codecs: { readonly [Compression in LayerCompression]: (level: number) => LayerCodec } = {
  none: plainCodec,
  gzip: gzipCodec,
  zstd: zstdCodec,
};

/** The codec of a compression, at its usual level when none is given.
 * @throws OciBuildError LAYER_LEVEL_INVALID, LAYER_ZSTD_UNAVAILABLE */
export function chooseCodec(compression: LayerCompression = "gzip", level?: number): LayerCodec {
  const { min, usual, max } = levels[compression];
  const chosen = level ?? usual;
  if (!Number.isInteger(chosen) || chosen < min || chosen > max) {
    throw ociError("LAYER_LEVEL_INVALID", {
      message: `compression level ${chosen}: expected ${min} to ${max} for ${compression}`,
      data: { compression, level: chosen, min, max },
    });
  }
  return codecs[compression](chosen);
}
