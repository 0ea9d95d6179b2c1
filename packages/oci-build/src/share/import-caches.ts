import {
  type Cache,
  type CacheImport,
  type ImportRules,
  type OnCacheWarning,
  openImport,
  withImports,
} from "@oci-build/cache";
import type { Digest } from "@oci-build/oci";
import type { EmitEvent } from "../events/build-event.js";
import { importRules } from "./shared-keys.js";

/** Who is told of what is imported. */
export interface ImportListeners {
  readonly onWarning: OnCacheWarning;
  readonly emit: EmitEvent;
  /** Told which folder the record of a key was copied from. */
  readonly onRecord: (key: Digest, dir: string) => void;
}

/** A cache that also finds what was exported to some folders, those first that are named first. */
export async function importCaches(
  own: Cache,
  folders: readonly string[],
  { onWarning, emit, onRecord }: ImportListeners,
): Promise<{ readonly cache: Cache; readonly imports: readonly CacheImport[] }> {
  const opened = await Promise.all(folders.map((dir) => openImport({ dir, onWarning })));
  const imports = opened.filter((one) => one !== undefined);
  const onImported: ImportRules["onImported"] = ({ record, source, durationMs }) => {
    const { key, stepName, layers } = record;
    onRecord(key, source.dir);
    const size = layers.reduce((sum, layer) => sum + layer.size, 0);
    emit({ type: "cache.imported", stepName, from: source.dir, size, durationMs });
  };
  return { cache: withImports(own, imports, { ...importRules, onWarning, onImported }), imports };
}
