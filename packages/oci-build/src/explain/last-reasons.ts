import type { BuildLog, Cache, LoggedStep } from "@oci-build/cache";
import type { DiffId } from "@oci-build/oci";
import type { ContentEntry } from "@oci-build/snapshot";
import { compareEntries } from "./compare-entries.js";
import { readEarlier } from "./earlier-fields.js";
import { inputReasons } from "./input-reasons.js";
import { readRunFields, runReasons } from "./run-reasons.js";
import type { MissReason } from "./step-explanation.js";
import { readInputs, readsSecret } from "./step-inputs.js";

/** Why the steps of a logged build were executed, by id, as far as that can still be told: what differs from the build
 * before it. Steps that were taken from the cache have no reasons, nor have those of which nothing changed. */
export async function lastReasons(
  { steps }: BuildLog,
  cache: Pick<Cache, "tree">,
): Promise<ReadonlyMap<string, readonly MissReason[]>> {
  const inputs = steps.flatMap(({ fields }) =>
    [readInputs(fields) ?? [], readEarlier(fields)?.inputs ?? []].flat(),
  );
  const paths = inputs.some(readsSecret) ? "hidden" : "shown";
  const reasons = new Map<string, readonly MissReason[]>();
  for (const step of steps) reasons.set(step.id, await reasonsOf(step, paths, cache));
  return reasons;
}

async function reasonsOf(
  { fields, key, layers }: LoggedStep,
  paths: "shown" | "hidden",
  cache: Pick<Cache, "tree">,
): Promise<readonly MissReason[]> {
  const now = readInputs(fields);
  if (now === undefined || fields.find(({ name }) => name === "status")?.value !== "executed") return [];
  const earlier = readEarlier(fields);
  if (earlier === undefined) return [{ kind: "first-build" }];
  if (earlier.key === key) return [];
  const fieldsNow = readRunFields(fields);
  if (fieldsNow.length > 0) {
    const before = { instruction: earlier.inputs.instruction, fields: earlier.runFields };
    const after = { instruction: now.instruction, fields: fieldsNow };
    return runReasons({ before, after, argNames: new Set() }, undefined);
  }
  const causes = inputReasons({ before: earlier.inputs, after: now }, undefined);
  const before = await entriesOf(earlier.diffIds[0], cache);
  const after = await entriesOf(layers[0]?.diffId, cache);
  if (before === undefined || after === undefined) return [...causes, { kind: "unknown-before" }];
  const changes = compareEntries(before, after);
  if (changes.length === 0) return causes;
  return [...causes, { kind: "files", count: changes.length, changes: paths === "shown" ? changes : [] }];
}

/** The members of a layer; none where a step made no layer. */
async function entriesOf(
  diffId: DiffId | undefined,
  cache: Pick<Cache, "tree">,
): Promise<readonly ContentEntry[] | undefined> {
  return diffId === undefined ? [] : (await cache.tree(diffId))?.entries;
}
