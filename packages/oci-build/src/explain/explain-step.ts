import type { Cache, LoggedStep, StepKey, StepRecord } from "@oci-build/cache";
import { type ContentDigest, type Digest, digestHex } from "@oci-build/oci";
import type { ContentEntry } from "@oci-build/snapshot";
import { compareEntries } from "./compare-entries.js";
import { type ChangedParent, inputReasons } from "./input-reasons.js";
import { readRunFields, runReasons } from "./run-reasons.js";
import type { MissReason } from "./step-explanation.js";
import { readInputs, type StepInputs } from "./step-inputs.js";

/** What came of looking a step up. */
export type LookedUp = FilesLookedUp | RunLookedUp;

/** A RUN, of which only the key is known before it is executed. */
interface RunLookedUp {
  readonly kind: "run";
  readonly key: StepKey;
  readonly record: StepRecord | undefined;
  readonly found: "hit" | "miss" | "not-asked";
}

/** A step that writes files that are known. `entries` gives them, sorted as layers are; it is asked for only when a
 * comparison needs it. */
interface FilesLookedUp {
  readonly kind: "files";
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
  /** The variables of a RUN that are ARGs. */
  readonly argNames: ReadonlySet<string>;
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
  const key = keyDigest(looked);
  if (past.isDamaged(digestHex(key))) return [{ kind: "damaged", part: "record" }];
  const tombstone = await cache.tombstone(key);
  const collected: readonly MissReason[] =
    tombstone === undefined
      ? []
      : [{ kind: "collected", timeSec: tombstone.collectedSec, cause: tombstone.reason }];
  const { earlier } = past;
  if (earlier === undefined) {
    return collected.length > 0 ? collected : [{ kind: past.project === "new" ? "first-build" : "new-step" }];
  }
  if (earlier.key === key) return collected.length > 0 ? collected : [{ kind: "forgotten" }];
  return [...(await changeReasons({ looked, now }, { ...past, earlier })), ...collected];
}

/** The digest that a step is looked up by. */
export function keyDigest(looked: LookedUp): Digest {
  return looked.kind === "run" ? looked.key.digest : looked.key;
}

/** A record whose layer cannot be used as it is. That of a RUN can in any form. */
function recordReason(looked: LookedUp, { layers }: StepRecord): MissReason {
  if (looked.kind === "run") return { kind: "damaged", part: "layer" };
  const { form } = looked;
  const other = layers.at(-1);
  if (other === undefined || layers.some((layer) => layer.form === form))
    return { kind: "damaged", part: "layer" };
  return { kind: "form", before: other.form, after: form };
}

async function changeReasons(
  { looked, now }: { readonly looked: LookedUp; readonly now: StepInputs },
  { earlier, parent, paths, written, argNames }: Past & { readonly earlier: LoggedStep },
): Promise<readonly MissReason[]> {
  const before = readInputs(earlier.fields);
  if (looked.kind === "run") {
    const was = { instruction: before?.instruction, fields: readRunFields(earlier.fields) };
    const is = { instruction: now.instruction, fields: looked.key.fields };
    return runReasons({ before: was, after: is, argNames }, parent);
  }
  const inputs = before === undefined ? [] : inputReasons({ before, after: now }, parent);
  const entries = await written();
  if (entries === undefined) return [...inputs, { kind: "unknown-before" }];
  const changes = compareEntries(entries, await looked.entries());
  if (changes.length === 0) return inputs;
  const shown = paths === "shown" ? changes : [];
  return [...inputs, { kind: "files", count: changes.length, changes: shown }];
}
