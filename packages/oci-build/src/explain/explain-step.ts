import type { Cache, LoggedStep, StepRecord } from "@oci-build/cache";
import { type ContentDigest, type Digest, digestHex } from "@oci-build/oci";
import type { ContentEntry } from "@oci-build/snapshot";
import { compareEntries } from "./compare-entries.js";
import { type ChangedParent, inputReasons } from "./input-reasons.js";
import type { MissReason } from "./step-explanation.js";
import { readInputs, type StepInputs } from "./step-inputs.js";

/** What came of looking a step up. `entries` gives what the step writes, sorted as layers are; it is asked for only when
 * a comparison needs it. */
export interface LookedUp {
  readonly key: Digest;
  readonly contentDigest: ContentDigest;
  readonly form: string;
  readonly record: StepRecord | undefined;
  readonly found: "hit" | "miss" | "not-asked";
  readonly entries: () => Promise<readonly ContentEntry[]>;
}

/** What of earlier builds an explanation can lean on. `earlier` is what the step was in the last build, `project` whether
 * there was one. */
export interface Past {
  readonly project: "new" | "known";
  readonly earlier: LoggedStep | undefined;
  /** What the earlier step wrote, if that is still known. */
  readonly written: () => Promise<readonly ContentEntry[] | undefined>;
  readonly parent: ChangedParent | undefined;
  /** Hidden where some path may hold a secret. */
  readonly paths: "shown" | "hidden";
  /** Whether a file of the store with this name was found to be damaged. */
  readonly isDamaged: (hex: string) => boolean;
}

/** Why a step is not taken from the cache; empty for a hit. `now` are its inputs with secrets hidden. */
export async function missReasons(
  { looked, now }: { readonly looked: LookedUp; readonly now: StepInputs },
  past: Past,
  cache: Pick<Cache, "tombstone">,
): Promise<readonly MissReason[]> {
  if (looked.found === "hit") return [];
  if (looked.found === "not-asked") return [{ kind: "no-cache" }];
  if (looked.record !== undefined) return [recordReason(looked, looked.record)];
  if (past.isDamaged(digestHex(looked.key))) return [{ kind: "damaged", part: "record" }];
  const tombstone = await cache.tombstone(looked.key);
  const collected: readonly MissReason[] =
    tombstone === undefined
      ? []
      : [{ kind: "collected", timeSec: tombstone.collectedSec, cause: tombstone.reason }];
  const { earlier } = past;
  if (earlier === undefined) {
    return collected.length > 0 ? collected : [{ kind: past.project === "new" ? "first-build" : "new-step" }];
  }
  if (earlier.key === looked.key) return collected.length > 0 ? collected : [{ kind: "forgotten" }];
  return [...(await changeReasons({ looked, now }, { ...past, earlier })), ...collected];
}

/** A record whose layer cannot be used as it is. */
function recordReason({ form }: LookedUp, { layers }: StepRecord): MissReason {
  const other = layers.at(-1);
  if (other === undefined || layers.some((layer) => layer.form === form))
    return { kind: "damaged", part: "layer" };
  return { kind: "form", before: other.form, after: form };
}

async function changeReasons(
  { looked, now }: { readonly looked: LookedUp; readonly now: StepInputs },
  { earlier, parent, paths, written }: Past & { readonly earlier: LoggedStep },
): Promise<readonly MissReason[]> {
  const before = readInputs(earlier.fields);
  const inputs = before === undefined ? [] : inputReasons({ before, after: now }, parent);
  const entries = await written();
  if (entries === undefined) return [...inputs, { kind: "unknown-before" }];
  const changes = compareEntries(entries, await looked.entries());
  if (changes.length === 0) return inputs;
  const shown = paths === "shown" ? changes : [];
  return [...inputs, { kind: "files", count: changes.length, changes: shown }];
}
