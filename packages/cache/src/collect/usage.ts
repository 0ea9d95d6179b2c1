import type { Digest } from "@oci-build/oci";
import type { Project } from "../projects/build-log.js";
import type { StoreContext } from "../store/store-context.js";
import { type StoreFile, sumBytes } from "../store/store-files.js";
import { type Inventory, keyOwners, readInventory } from "./inventory.js";
import { planPrune } from "./plan-prune.js";
import { type Protection, readProtection } from "./protection.js";
import type { RecordEntry } from "./record-entries.js";
import { referencesOf } from "./references.js";
import type { MountEntry } from "./run-folders.js";
import { storeBytes } from "./store-bytes.js";

/** How many files there are of a kind, and what they take of the disk. */
export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

/** A record and what it keeps in the store. Times are seconds since 1970, bytes those on disk. */
export interface RecordUsage {
  readonly key: Digest;
  readonly stepName: string;
  readonly createdSec: number;
  readonly lastUsedSec: number;
  /** Of the record and all files of its layers. */
  readonly bytes: number;
  /** What of that other records or images need too. */
  readonly sharedBytes: number;
  /** Digests of its layers' blobs, one for each form. */
  readonly layers: readonly Digest[];
  /** Projects that use it, in their last build or an earlier one. */
  readonly projects: readonly Project[];
  /** Names that last builds of those projects had, and images that share its layers. */
  readonly tags: readonly string[];
  /** `in-use`: a running build may need it. `young`: a file of it is younger than an hour. Both stay for now. */
  readonly state: "in-use" | "young" | "idle";
}

/** A cache mount of RUN: a `private` one may have several folders, which are told one by one. Times are seconds since
 * 1970, bytes those on disk that this user can see. */
export interface MountUsage {
  readonly id: string;
  readonly createdSec: number;
  readonly lastUsedSec: number;
  readonly bytes: number;
  readonly state: "in-use" | "idle";
}

/** What a project keeps in the store: the records of its last and earlier builds. */
export interface ProjectUsage {
  readonly project: Project;
  readonly builtSec: number;
  readonly tags: readonly string[];
  readonly records: Amount;
}

/** What lies in a store. Every file counts once. JSON-safe; bytes are those on disk. */
export interface CacheUsage {
  readonly root: string;
  readonly usedBytes: number;
  /** What `prune` with the scope `all` would give back now. */
  readonly reclaimableBytes: number;
  readonly kinds: {
    readonly records: Amount;
    readonly blobs: Amount;
    readonly segmentTables: Amount;
    readonly trees: Amount;
    readonly indexes: Amount;
    readonly projects: Amount;
    /** Cache mounts of RUN. */
    readonly mounts: Amount;
    /** Layers as files, for RUN. */
    readonly unpacked: Amount;
    readonly temporary: Amount;
    readonly other: Amount;
  };
  /** Last used first. */
  readonly records: readonly RecordUsage[];
  /** Built last first. */
  readonly projects: readonly ProjectUsage[];
  /** Cache mounts of RUN, last used first. */
  readonly mounts: readonly MountUsage[];
  readonly images: readonly { readonly name: string; readonly digest: Digest; readonly bytes: number }[];
}

/** Looks at everything in a store. */
export async function readUsage(store: StoreContext): Promise<CacheUsage> {
  const inventory = await readInventory(store);
  const protection = await readProtection(store);
  const facts = { nowMs: store.now(), protection, freeBytes: 0 };
  const { reclaimedBytes } = planPrune(inventory, { scope: "all" }, facts);
  return {
    root: store.paths.root,
    usedBytes: storeBytes(inventory),
    reclaimableBytes: reclaimedBytes,
    kinds: kindsOf(inventory, store),
    records: recordUsages(inventory, protection),
    projects: projectUsages(inventory),
    mounts: inventory.mounts.map(mountUsage).sort((a, b) => b.lastUsedSec - a.lastUsedSec),
    images: inventory.images.map(({ name, digest, partPaths }) => {
      return { name, digest, bytes: sumBytes(partFiles(inventory, partPaths)) };
    }),
  };
}

function kindsOf(inventory: Inventory, { paths }: StoreContext): CacheUsage["kinds"] {
  const parts = [...inventory.parts.values()];
  const below = (folder: string): Amount => amountOf(parts.filter(({ path }) => path.startsWith(folder)));
  return {
    records: amountOf(inventory.records.map(({ file }) => file)),
    blobs: below(paths.blobs),
    segmentTables: below(paths.segments),
    trees: below(paths.trees),
    indexes: amountOf(inventory.indexes),
    projects: amountOf([...inventory.projectFiles.values()]),
    mounts: amountOf(inventory.mounts.map(({ file }) => file)),
    unpacked: amountOf(inventory.unpacked.map(({ file }) => file)),
    temporary: amountOf(inventory.temporary),
    other: amountOf(inventory.other),
  };
}

function mountUsage({ id, createdSec, state, file }: MountEntry): MountUsage {
  return { id, createdSec, lastUsedSec: Math.floor(file.mtimeMs / 1000), bytes: file.diskBytes, state };
}

function recordUsages(inventory: Inventory, protection: Protection): readonly RecordUsage[] {
  const references = referencesOf(inventory.records, inventory.images);
  const owners = keyOwners(inventory.projects);
  const usages = inventory.records.map((entry): RecordUsage => {
    const files = partFiles(inventory, entry.partPaths);
    const { last, earlier } = owners.get(entry.key) ?? { last: [], earlier: [] };
    return {
      key: entry.key,
      stepName: entry.stepName,
      createdSec: entry.createdSec,
      lastUsedSec: Math.floor(entry.file.mtimeMs / 1000),
      bytes: entry.file.diskBytes + sumBytes(files),
      sharedBytes: sumBytes(files.filter(({ path }) => references.count(path) > 1)),
      layers: entry.layers.map(({ digest }) => digest),
      projects: [...last, ...earlier].map(({ project }) => project),
      tags: [...new Set([...last.flatMap(({ tags }) => tags), ...imageNames(inventory, entry)])],
      state: stateOf(entry, files, protection),
    };
  });
  return usages.sort((a, b) => b.lastUsedSec - a.lastUsedSec || b.createdSec - a.createdSec);
}

function imageNames({ images }: Inventory, { partPaths }: RecordEntry): readonly string[] {
  const isShared = new Set(partPaths);
  return images.filter((image) => image.partPaths.some((path) => isShared.has(path))).map(({ name }) => name);
}

function stateOf(
  { file }: RecordEntry,
  files: readonly StoreFile[],
  { inUseSinceMs, youngSinceMs }: Protection,
): RecordUsage["state"] {
  if (file.mtimeMs >= inUseSinceMs) return "in-use";
  return files.some(({ mtimeMs }) => mtimeMs >= youngSinceMs) ? "young" : "idle";
}

function projectUsages(inventory: Inventory): readonly ProjectUsage[] {
  const entries = new Map(inventory.records.map((entry) => [entry.key, entry]));
  const usages = inventory.projects.map(({ lastBuild, earlierKeys }): ProjectUsage => {
    const { project, builtSec, tags, steps } = lastBuild;
    const keys = new Set([...steps.map(({ key }) => key), ...earlierKeys]);
    const own = [...keys].flatMap((key) => entries.get(key) ?? []);
    const parts = new Set(own.flatMap(({ partPaths }) => partPaths));
    const files = [...own.map(({ file }) => file), ...partFiles(inventory, [...parts])];
    return { project, builtSec, tags, records: { count: own.length, bytes: sumBytes(files) } };
  });
  return usages.sort((a, b) => b.builtSec - a.builtSec);
}

function partFiles({ parts }: Inventory, paths: readonly string[]): readonly StoreFile[] {
  return paths.flatMap((path) => parts.get(path) ?? []);
}

function amountOf(files: readonly StoreFile[]): Amount {
  return { count: files.length, bytes: sumBytes(files) };
}
