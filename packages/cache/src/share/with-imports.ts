import { type ContentDigest, isOciBuildError, type TreeEntry } from "@oci-build/oci";
import type { Cache } from "../cache.js";
import type { StepKey } from "../keys/step-key.js";
import type { StepRecord } from "../records/step-record.js";
import type { OnCacheWarning } from "../store/store-context.js";
import { adoptLayer } from "./adopt-layer.js";
import type { CacheImport } from "./shared-store.js";

/** A record that was taken over from an import, with its layers. */
export interface ImportedRecord {
  readonly record: StepRecord;
  readonly source: CacheImport;
  readonly durationMs: number;
}

/** What of imports is to be believed. */
export interface ImportRules {
  /** The content digest of a layer's tree: its format is not this package's matter. */
  readonly digestOf: (entries: readonly TreeEntry[]) => ContentDigest;
  /** The content that a key itself says its result is; undefined for a key that does not say it, whose record is believed
   * as far as its layer is what the record says. */
  readonly contentOf: (key: StepKey) => ContentDigest | undefined;
  /** Whether a result of this key may come from elsewhere. */
  readonly isShared: (key: StepKey) => boolean;
  readonly onWarning: OnCacheWarning;
  /** Told of each record that was taken over. */
  readonly onImported?: ((imported: ImportedRecord) => void) | undefined;
}

/** A cache that also finds what imports have: what is found there is checked, and taken over into the cache. */
export function withImports(own: Cache, imports: readonly CacheImport[], rules: ImportRules): Cache {
  if (imports.length === 0) return own;
  const running = new Map<string, Promise<StepRecord | undefined>>();
  const adopted = (key: StepKey): Promise<StepRecord | undefined> => {
    const known = running.get(key.digest);
    if (known !== undefined) return known;
    const adopting = adopt(key, { own, imports, rules }).finally(() => running.delete(key.digest));
    running.set(key.digest, adopting);
    return adopting;
  };
  return {
    ...own,
    lookUp: async (key) => {
      const record = await own.lookUp(key);
      if (record !== undefined && (await isWhole(record, own))) return record;
      // What a key without fields asks for cannot be checked.
      return (key.fields.length > 0 && rules.isShared(key) ? await adopted(key) : undefined) ?? record;
    },
  };
}

/** Whether something of what a record says is left. */
async function isWhole({ layers }: StepRecord, own: Cache): Promise<boolean> {
  if (layers.length === 0) return true;
  for (const layer of layers) if ((await own.layer(layer)) !== undefined) return true;
  return false;
}

interface Adopting {
  readonly own: Cache;
  readonly imports: readonly CacheImport[];
  readonly rules: ImportRules;
}

/** The first import that has the key wins. */
async function adopt(key: StepKey, { own, imports, rules }: Adopting): Promise<StepRecord | undefined> {
  for (const source of imports) {
    const record = await source.record(key);
    if (record === undefined) continue;
    const startedMs = performance.now();
    const taken = await takeOver({ key, record, source }, own, rules);
    if (taken === undefined) continue;
    rules.onImported?.({ record: taken, source, durationMs: Math.round(performance.now() - startedMs) });
    return taken;
  }
  return undefined;
}

interface Found {
  readonly key: StepKey;
  readonly record: StepRecord;
  readonly source: CacheImport;
}

async function takeOver(found: Found, own: Cache, rules: ImportRules): Promise<StepRecord | undefined> {
  const { key, record, source } = found;
  const { stepName, createdSec, contentDigest } = record;
  const claimed = rules.contentOf(key);
  if (contentDigest === undefined) {
    const mayBeEmpty = claimed === undefined || claimed === rules.digestOf([]);
    return mayBeEmpty ? own.record(key, { stepName, createdSec }) : undefined;
  }
  const content = claimed ?? contentDigest;
  let standing: StepRecord | undefined;
  for (const blob of record.layers) {
    try {
      const { form, ...rest } = blob;
      const layer = await adoptLayer({ source, blob: rest, content, digestOf: rules.digestOf }, own);
      standing = await own.record(key, { stepName, createdSec, content: { digest: content, form, layer } });
    } catch (error) {
      if (!isOciBuildError(error, "CACHE_ENTRY_CORRUPT")) throw error;
      rules.onWarning(error);
    }
  }
  return standing;
}
