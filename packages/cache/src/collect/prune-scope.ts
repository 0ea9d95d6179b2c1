import { contextPrefix } from "../indexes/file-index-store.js";
import type { BuildLog, ProjectLog } from "../projects/build-log.js";
import type { StoreFile } from "../store/store-files.js";
import type { PruneReason } from "../tombstones/tombstone.js";
import { type Inventory, type KeyOwners, keyOwners } from "./inventory.js";
import type { PruneKind, PrunePolicy } from "./prune-policy.js";
import type { RecordEntry } from "./record-entries.js";
import { referencesOf } from "./references.js";
import type { RunFolder } from "./run-folders.js";

/** Which records, projects and indexes a policy is about, before age, size and use are looked at. */
export interface PruneScope {
  /** Why records of this scope go when neither age nor size decides. */
  readonly reason: PruneReason;
  readonly records: readonly RecordEntry[];
  readonly projects: readonly ProjectLog[];
  readonly indexes: readonly StoreFile[];
  readonly folders: readonly RunFolder[];
  /** Names that images lose. */
  readonly untagged: readonly string[];
}

/** True when age or size decides about what is in the scope. */
export function isConditional(policy: PrunePolicy): boolean {
  return policy.unusedForMs !== undefined || isAboutSize(policy);
}

/** True when things go only until there is room. */
export function isAboutSize({ maxUsedBytes, minFreeBytes }: PrunePolicy): boolean {
  return maxUsedBytes !== undefined || minFreeBytes !== undefined;
}

/** What a policy is about. */
export function pruneScope(inventory: Inventory, policy: PrunePolicy): PruneScope {
  const { records, projects, indexes, folders, ...scope } = scopeOfAllKinds(inventory, policy);
  const { kinds } = policy;
  const of = <T>(kind: PruneKind, items: readonly T[]): readonly T[] =>
    kinds === undefined || kinds.includes(kind) ? items : [];
  return {
    ...scope,
    records: of("records", records),
    projects: of("records", projects),
    indexes: of("indexes", indexes),
    folders: folders.filter(({ kind }) => of(kind === "mount" ? "mounts" : "unpacked", [kind]).length > 0),
  };
}

function scopeOfAllKinds(inventory: Inventory, policy: PrunePolicy): PruneScope {
  const owners = keyOwners(inventory.projects);
  const isMatch = buildFilter(policy);
  const untagged = isConditional(policy) ? [] : namesIn(inventory, policy);
  if (isMatch === undefined && policy.scope !== "all") {
    const records = danglingRecords(inventory, owners);
    return { reason: "dangling", records, projects: [], indexes: [], folders: [], untagged };
  }
  if (isMatch === undefined) {
    const { records, projects, indexes, mounts, unpacked } = inventory;
    return { reason: "all", records, projects, indexes, folders: [...mounts, ...unpacked], untagged };
  }
  const isOwned = ({ key }: RecordEntry): boolean => {
    const { last, earlier } = owners.get(key) ?? { last: [], earlier: [] };
    return last.length + earlier.length > 0 && [...last, ...earlier].every(isMatch);
  };
  const isOfProject = ({ lastBuild }: ProjectLog): boolean => policy.tags === undefined && isMatch(lastBuild);
  const projects = inventory.projects.filter(isOfProject);
  return {
    reason: policy.projects === undefined ? "tag" : "project",
    records: inventory.records.filter(isOwned),
    projects,
    indexes: indexesOf(inventory, projects),
    folders: [],
    untagged,
  };
}

function buildFilter({ projects, tags }: PrunePolicy): ((build: BuildLog) => boolean) | undefined {
  if (projects === undefined && tags === undefined) return undefined;
  return ({ project, tags: builtAs }) => {
    const isProject = projects?.some((name) => name === project.id || name === project.context) ?? true;
    return isProject && (tags?.some((name) => builtAs.includes(name)) ?? true);
  };
}

function namesIn({ images }: Inventory, { tags = [] }: PrunePolicy): readonly string[] {
  return images.map(({ name }) => name).filter((name) => tags.includes(name));
}

function indexesOf({ indexes }: Inventory, projects: readonly ProjectLog[]): readonly StoreFile[] {
  const prefixes = projects.map(({ lastBuild }) => contextPrefix(lastBuild.project.context));
  return indexes.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
}

function danglingRecords(
  { records, images }: Inventory,
  owners: ReadonlyMap<string, KeyOwners>,
): readonly RecordEntry[] {
  const named = referencesOf(images);
  const isUsed = ({ key, partPaths }: RecordEntry): boolean =>
    (owners.get(key)?.last.length ?? 0) > 0 || partPaths.some((path) => named.has(path));
  return records.filter((record) => !isUsed(record));
}
