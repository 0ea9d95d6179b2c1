import { type Cache, type CacheImport, type OnCacheWarning, openImport, withImports } from "@oci-build/cache";
import { importRules } from "./shared-keys.js";

/** A cache that also finds what was exported to some folders, those first that are named first. */
export async function importCaches(
  own: Cache,
  folders: readonly string[],
  onWarning: OnCacheWarning,
): Promise<{ readonly cache: Cache; readonly imports: readonly CacheImport[] }> {
  const opened = await Promise.all(folders.map((dir) => openImport({ dir, onWarning })));
  const imports = opened.filter((one) => one !== undefined);
  return { cache: withImports(own, imports, { ...importRules, onWarning }), imports };
}
