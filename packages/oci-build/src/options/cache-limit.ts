import type { CacheLimit } from "@oci-build/cache";
import { parseByteSize } from "@oci-build/dockerfile";
import { buildError } from "../errors.js";
import type { BuildOptions } from "./build-options.js";

const NAME = "OCI_BUILD_CACHE_MAX_SIZE";

/** How large the cache may grow: the option, else the environment, else the cache's own limit.
 * @throws OciBuildError OPTION_INVALID */
export function cacheLimit(
  { cacheMaxSize }: BuildOptions,
  env: Readonly<Record<string, string | undefined>>,
): CacheLimit | undefined {
  if (cacheMaxSize === "unlimited") return cacheMaxSize;
  if (cacheMaxSize !== undefined) {
    if (Number.isSafeInteger(cacheMaxSize) && cacheMaxSize >= 0) return cacheMaxSize;
    throw invalid("cacheMaxSize", String(cacheMaxSize));
  }
  const text = env[NAME];
  if (text === undefined || text === "") return undefined;
  if (text === "unlimited") return text;
  const bytes = parseByteSize(text);
  if (bytes === undefined) throw invalid(NAME, text);
  return bytes;
}

function invalid(option: string, value: string): Error {
  return buildError("OPTION_INVALID", {
    message: `${option} is not a size: ${JSON.stringify(value)}`,
    data: { option, value },
    hint: "Write a number and a unit, such as 20GB, or unlimited.",
  });
}
