import { type StoreFile, sumBytes } from "../store/store-files.js";
import type { PlannedFolder, PlannedRecord, PrunePlan } from "./prune-plan.js";
import type { PrunedMount, PrunedRecord, PruneReport } from "./prune-policy.js";

/** A plan as it is told, before it is carried out or with what was left of it afterwards. */
export function pruneReport(plan: PrunePlan): PruneReport {
  return {
    records: plan.records.map(prunedRecord),
    leftovers: amountOf(plan.leftovers),
    abandoned: amountOf(plan.abandoned),
    indexes: amountOf(plan.indexes),
    mounts: plan.folders.flatMap(prunedMount),
    unpacked: amountOf(plan.folders.flatMap(({ entry }) => (entry.kind === "unpacked" ? [entry.file] : []))),
    projects: plan.projects.map(({ log }) => log.lastBuild.project),
    untagged: plan.untagged,
    reclaimedBytes: plan.reclaimedBytes,
    usedBytes: plan.usedBytes - plan.reclaimedBytes,
    kept: plan.kept,
  };
}

function prunedRecord({ entry, reason, reclaimedBytes }: PlannedRecord): PrunedRecord {
  const { key, stepName, file } = entry;
  return { key, stepName, lastUsedSec: Math.floor(file.mtimeMs / 1000), reason, reclaimedBytes };
}

function prunedMount({ entry, reason }: PlannedFolder): readonly PrunedMount[] {
  if (entry.kind !== "mount") return [];
  const { id, file } = entry;
  const lastUsedSec = Math.floor(file.mtimeMs / 1000);
  return [{ id, lastUsedSec, reason, reclaimedBytes: file.diskBytes }];
}

function amountOf(files: readonly StoreFile[]): { readonly count: number; readonly bytes: number } {
  return { count: files.length, bytes: sumBytes(files) };
}
