import type { LayerEncoding, TimePolicy } from "@oci-build/cache";
import { buildError } from "../errors.js";
import type { CompressionType, LayerCompression } from "./build-options.js";

/** How the layers of a build are written, with nothing left open. `level` is 0 for what has no levels. */
export interface ResolvedCompression {
  readonly type: CompressionType;
  readonly level: number;
}

/** How layers of a build become bytes: what decides their form. */
export function layerEncoding({ type, level }: ResolvedCompression, timePolicy: TimePolicy): LayerEncoding {
  return { compression: type === "uncompressed" ? "none" : type, level, timePolicy };
}

interface Levels {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** The levels of each compression; `usual` is that of the programs gzip and zstd. */
const levelsOf: Readonly<Record<CompressionType, Levels | undefined>> = {
  gzip: { least: 0, most: 9, usual: 6 },
  zstd: { least: 1, most: 22, usual: 3 },
  uncompressed: undefined,
};

/** The names of all compressions, as buildx says them. */
export const compressionTypes: readonly CompressionType[] = ["gzip", "zstd", "uncompressed"];

/** The compression that is asked for, gzip by default.
 * @throws OciBuildError OPTION_INVALID */
export function resolveCompression({ type = "gzip", level }: LayerCompression = {}): ResolvedCompression {
  if (!compressionTypes.includes(type)) {
    throw invalid("compression", String(type), `it is one of ${compressionTypes.join(", ")}`);
  }
  const levels = levelsOf[type];
  if (levels === undefined) {
    if (level === undefined) return { type, level: 0 };
    throw invalid("compression-level", String(level), "what is uncompressed has no level");
  }
  const chosen = level ?? levels.usual;
  if (Number.isInteger(chosen) && chosen >= levels.least && chosen <= levels.most) {
    return { type, level: chosen };
  }
  throw invalid(
    "compression-level",
    String(chosen),
    `${type} has the levels ${levels.least} to ${levels.most}`,
  );
}

function invalid(option: string, value: string, problem: string): Error {
  return buildError("OPTION_INVALID", { message: `${option} ${value}: ${problem}`, data: { option, value } });
}
