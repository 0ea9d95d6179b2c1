import type { LayerCompression } from "../options/build-options.js";
import { compressionTypes } from "../options/compression.js";

/** The texts of `compression` and `compression-level`, wherever they stand; an empty one is as good as none. */
export interface CompressionTexts {
  readonly type: string | undefined;
  readonly level: string | undefined;
}

/** Makes the error for a text that cannot be read. */
export type InvalidText = (option: "compression" | "compression-level", problem: string) => Error;

/** Reads both texts. Whether a compression has a level is not asked here. Throws what `invalid` makes. */
export function parseCompression({ type, level }: CompressionTexts, invalid: InvalidText): LayerCompression {
  const known = compressionTypes.find((name) => name === type);
  if (type && known === undefined) {
    throw invalid("compression", `the compression is one of ${compressionTypes.join(", ")}, not ${type}`);
  }
  if (level && !/^\d{1,3}$/.test(level)) {
    throw invalid("compression-level", `the compression level is a whole number, not ${level}`);
  }
  return { type: known, level: level ? Number(level) : undefined };
}

/** The compression of the flags and of the output's own words; undefined where they contradict each other. */
export function joinCompression(
  flags: LayerCompression,
  output: LayerCompression,
): LayerCompression | undefined {
  const differ = <T>(a: T | undefined, b: T | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b;
  if (differ(flags.type, output.type) || differ(flags.level, output.level)) return undefined;
  return { type: flags.type ?? output.type, level: flags.level ?? output.level };
}
