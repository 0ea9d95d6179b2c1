/** How the times of a layer's entries were decided: kept, or never later than, or all equal to, a second. */
export type TimePolicy =
  | { readonly kind: "keep" }
  | { readonly kind: "clamp" | "set"; readonly epochSec: number };

/** How a layer's content becomes bytes. `level` has no meaning for `none`. */
export interface LayerEncoding {
  readonly compression: "gzip" | "zstd" | "none";
  readonly level: number;
  readonly timePolicy: TimePolicy;
}

/** Changes when the same content and encoding are to give other bytes: cuts, header rules, order. */
const LAYER_FORMAT = 1;

/** The name of a form: layers of one content and one form have the same bytes, on every machine.
 * The compressor's version and the architecture are part of it, since zlib's output depends on both. */
export function layerForm(encoding: LayerEncoding): string {
  return [`v${LAYER_FORMAT}`, codecOf(encoding), timesOf(encoding.timePolicy)].join(";");
}

/** Names the library that compresses in this process: `zlib-1.3.1-x64`. */
export function compressorId(compression: "gzip" | "zstd"): string {
  const version = process.versions[compression === "gzip" ? "zlib" : "zstd"] ?? "unknown";
  return `${compression === "gzip" ? "zlib" : "zstd"}-${version}-${process.arch}`;
}

function codecOf({ compression, level }: LayerEncoding): string {
  return compression === "none" ? "none" : `${compression}-${level};${compressorId(compression)}`;
}

function timesOf(policy: TimePolicy): string {
  return policy.kind === "keep" ? "times-keep" : `times-${policy.kind}-${policy.epochSec}`;
}
