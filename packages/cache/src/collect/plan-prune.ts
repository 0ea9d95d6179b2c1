import type { ProjectLog } from "../projects/build-log.js";
import { projectFile } from "../projects/project-store.js";
import { type StoreFile, sumBytes } from "../store/store-files.js";
import type { PruneReason } from "../tombstones/tombstone.js";
import type { Inventory } from "./inventory.js";
import type { Protection } from "./protection.js";
import type { PlannedFolder, PlannedRecord, PrunePlan } from "./prune-plan.js";
import type { PrunePolicy } from "./prune-policy.js";
import { isAboutSize, isConditional, type PruneScope, pruneScope } from "./prune-scope.js";
import type { RecordEntry } from "./record-entries.js";
import { type References, referencesOf } from "./references.js";
import type { RunFolder } from "./run-folders.js";
import { storeBytes } from "./store-bytes.js";

/** What a small file takes of most disks. */
const NEW_FILE_BYTES = 4096;

/** What a plan depends on besides the store. */
export interface PruneFacts {
  readonly nowMs: number;
  readonly protection: Protection;
  /** Free on the store's disk. */
  readonly freeBytes: number;
}

type Candidate =
  | { readonly kind: "record"; readonly entry: RecordEntry; readonly file: StoreFile }
  | { readonly kind: "folder"; readonly entry: RunFolder; readonly file: StoreFile }
  | { readonly kind: "index"; readonly file: StoreFile };

/** Decides what a policy collects. Changes nothing. */
export function planPrune(inventory: Inventory, policy: PrunePolicy, facts: PruneFacts): PrunePlan {
  const planning = new Planning(inventory, policy, facts);
  for (const candidate of candidates(planning.scope)) {
    const reason = planning.reasonFor(candidate.file);
    // The rest was used later: it is no older, and there is room for it.
    if (reason === undefined) break;
    planning.take(candidate, reason);
  }
  return planning.plan();
}

/** A plan that grows by one candidate at a time. */
class Planning {
  readonly scope: PruneScope;
  readonly #inventory: Inventory;
  readonly #policy: PrunePolicy;
  readonly #facts: PruneFacts;
  readonly #references: References;
  readonly #leftovers: readonly StoreFile[];
  readonly #abandoned: readonly StoreFile[];
  readonly #projects: PrunePlan["projects"];
  readonly #usedBytes: number;
  readonly #addedBytes: number;
  readonly #records: PlannedRecord[] = [];
  readonly #indexes: StoreFile[] = [];
  readonly #folders: PlannedFolder[] = [];
  readonly #kept = { inUse: 0, young: 0, foldersInUse: 0 };
  #reclaimedBytes: number;

  constructor(inventory: Inventory, policy: PrunePolicy, facts: PruneFacts) {
    [this.#inventory, this.#policy, this.#facts] = [inventory, policy, facts];
    this.scope = pruneScope(inventory, policy);
    const images = inventory.images.filter(({ name }) => !this.scope.untagged.includes(name));
    this.#references = referencesOf(inventory.records, images);
    const parts = [...inventory.parts.values()];
    const isAboutParts = policy.kinds === undefined || policy.kinds.includes("records");
    const loose = isAboutParts ? parts : [];
    this.#leftovers = loose.filter((file) => !this.#references.has(file.path) && this.#isOld(file));
    const isAboutRuns = policy.kinds === undefined || policy.kinds.includes("unpacked");
    this.#abandoned = isAboutRuns ? inventory.abandoned : [];
    this.#usedBytes = storeBytes(inventory);
    const isReserved = this.#usedBytes < (policy.reservedBytes ?? 0);
    this.#projects = isReserved ? [] : plannedProjects(inventory, this.scope.projects, policy, facts);
    this.#addedBytes = inventory.tombstones === undefined ? NEW_FILE_BYTES : 0;
    const projectFiles = this.#projects.map(({ file }) => file);
    this.#reclaimedBytes = sumBytes([...this.#leftovers, ...this.#abandoned, ...projectFiles]);
  }

  /** Why a file goes that nothing protects, as things stand; undefined when the policy has had enough. */
  reasonFor(file: StoreFile): PruneReason | undefined {
    const { unusedForMs, maxUsedBytes, minFreeBytes, reservedBytes = 0 } = this.#policy;
    // With the file that prune itself will make: else its own tombstones were a reason for the next one to take more.
    const usedBytes = this.#usedBytes + this.#addedBytes - this.#reclaimedBytes;
    if (usedBytes < reservedBytes) return undefined;
    if (!isConditional(this.#policy)) return this.scope.reason;
    if (unusedForMs !== undefined && file.mtimeMs >= this.#facts.nowMs - unusedForMs) return undefined;
    if (!isAboutSize(this.#policy)) return "age";
    const freeBytes = this.#facts.freeBytes + this.#reclaimedBytes;
    const isOver = maxUsedBytes !== undefined && usedBytes > maxUsedBytes;
    const isShort = minFreeBytes !== undefined && freeBytes < minFreeBytes;
    return isOver || isShort ? "size" : undefined;
  }

  take(candidate: Candidate, reason: PruneReason): void {
    const { file } = candidate;
    const isInUse = file.mtimeMs >= this.#facts.protection.inUseSinceMs;
    if (candidate.kind === "folder") {
      this.#takeFolder(candidate.entry, { reason, isInUse });
    } else if (isInUse) {
      this.#kept.inUse += 1;
    } else if (candidate.kind === "index") {
      this.#indexes.push(file);
      this.#reclaimedBytes += file.diskBytes;
    } else {
      this.#takeRecord(candidate.entry, reason);
    }
  }

  #takeFolder(entry: RunFolder, { reason, isInUse }: { reason: PruneReason; isInUse: boolean }): void {
    if (isInUse || (entry.kind === "mount" && entry.state === "in-use")) {
      this.#kept.foldersInUse += 1;
      return;
    }
    this.#folders.push({ entry, reason });
    this.#reclaimedBytes += entry.file.diskBytes;
  }

  #takeRecord(entry: RecordEntry, reason: PruneReason): void {
    if (this.#partsOf(entry.partPaths).some((part) => !this.#isOld(part))) {
      this.#kept.young += 1;
      return;
    }
    const freed = this.#partsOf(this.#references.drop(entry.partPaths));
    const reclaimedBytes = entry.file.diskBytes + sumBytes(freed);
    this.#records.push({ entry, reason, reclaimedBytes });
    this.#reclaimedBytes += reclaimedBytes;
  }

  plan(): PrunePlan {
    return {
      records: this.#records,
      leftovers: this.#leftovers,
      abandoned: this.#abandoned,
      indexes: this.#indexes,
      folders: this.#folders,
      projects: this.#projects,
      untagged: this.scope.untagged,
      kept: this.#kept,
      usedBytes: this.#usedBytes,
      reclaimedBytes: this.#reclaimedBytes,
    };
  }

  #partsOf(paths: readonly string[]): readonly StoreFile[] {
    return paths.flatMap((path) => this.#inventory.parts.get(path) ?? []);
  }

  #isOld(file: StoreFile): boolean {
    return file.mtimeMs < this.#facts.protection.youngSinceMs;
  }
}

/** Least recently used first; of those used in one moment, the oldest first. */
function candidates({ records, indexes, folders }: PruneScope): readonly Candidate[] {
  const found: readonly Candidate[] = [
    ...records.map((entry) => ({ kind: "record", entry, file: entry.file }) as const),
    ...folders.map((entry) => ({ kind: "folder", entry, file: entry.file }) as const),
    ...indexes.map((file) => ({ kind: "index", file }) as const),
  ];
  return found.toSorted((a, b) => a.file.mtimeMs - b.file.mtimeMs || createdSec(a) - createdSec(b));
}

function createdSec(candidate: Candidate): number {
  return candidate.kind === "record" ? candidate.entry.createdSec : 0;
}

/** A project's log is small and tells why its next build has to do everything again, so that size is no reason. */
function plannedProjects(
  { projectFiles }: Inventory,
  projects: readonly ProjectLog[],
  policy: PrunePolicy,
  { nowMs, protection }: PruneFacts,
): PrunePlan["projects"] {
  const { unusedForMs } = policy;
  if (isAboutSize(policy)) return [];
  return projects.flatMap((log) => {
    const file = projectFiles.get(projectFile(log.lastBuild.project.id));
    if (file === undefined) return [];
    const staysSinceMs = Math.min(protection.youngSinceMs, nowMs - (unusedForMs ?? 0));
    return file.mtimeMs < staysSinceMs ? [{ log, file }] : [];
  });
}
