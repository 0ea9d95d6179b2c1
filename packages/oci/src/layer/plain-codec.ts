import { mediaTypes } from "../image/media-types.js";
import type { LayerCodec } from "./layer-codec.js";

/** The tar as it is. */
export function plainCodec(): LayerCodec {
  return {
    mediaType: mediaTypes.layer,
    compression: "none",
    form: "none",
    start: new Uint8Array(),
    encode: (raw) => Promise.resolve(Buffer.from(raw)),
    finish: () => new Uint8Array(),
  };
}
