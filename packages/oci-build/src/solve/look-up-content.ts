import { keyField, type StepKey, type StepRecord, type StoredLayer, stepKey } from "@oci-build/cache";
import type { ContentDigest } from "@oci-build/oci";
import type { ChangeTotals } from "./change-totals.js";
import type { SolveContext } from "./solve-context.js";

/** Content that is looked for, in one form. */
export interface WantedContent {
  readonly contentDigest: ContentDigest;
  readonly totals: ChangeTotals;
  readonly form: string;
}

/** When a step's record was made, and its layer if it changes anything. */
export interface RecordedContent {
  readonly createdSec: number;
  readonly layer: StoredLayer | undefined;
}

/** What a look-up gave. A record without a hit has lost its layer, or has it in another form only. */
export interface ContentLookUp {
  readonly key: StepKey;
  readonly record: StepRecord | undefined;
  readonly hit: RecordedContent | undefined;
}

/** Looks for what an earlier build made of some content; nothing is looked up under `--no-cache`. */
export async function lookUpContent(
  wanted: WantedContent,
  { cache, cacheUse }: Pick<SolveContext, "cache" | "cacheUse">,
): Promise<ContentLookUp> {
  const key = contentKey(wanted.contentDigest);
  const record = cacheUse === "read-write" ? await cache.lookUp(key) : undefined;
  const hit = record === undefined ? undefined : await recordedContent(record, wanted, { cache });
  return { key, record, hit };
}

/** The layer of a record in the wanted form, or undefined where the store does not have it. */
export async function recordedContent(
  record: StepRecord,
  { totals, form }: Pick<WantedContent, "totals" | "form">,
  { cache }: Pick<SolveContext, "cache">,
): Promise<RecordedContent | undefined> {
  if (totals.entries === 0) return { createdSec: record.createdSec, layer: undefined };
  const recorded = record.layers.find((layer) => layer.form === form);
  const layer = recorded === undefined ? undefined : await cache.layer(recorded);
  return layer === undefined ? undefined : { createdSec: record.createdSec, layer };
}

/** The key of a step that is nothing but its content. */
export function contentKey(contentDigest: ContentDigest): StepKey {
  return stepKey([keyField("operation", "string", "files"), keyField("content", "digest", contentDigest)]);
}
