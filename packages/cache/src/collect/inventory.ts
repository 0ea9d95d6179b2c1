import type { BuildLog, ProjectLog } from "../projects/build-log.js";
import { ProjectStore } from "../projects/project-store.js";
import type { StoreContext } from "../store/store-context.js";
import { listFiles, type StoreFile, statFile } from "../store/store-files.js";
import { type ImageEntry, listImages } from "./image-parts.js";
import { listRecords, type RecordEntry } from "./record-entries.js";
import { listMounts, listUnpacked, type MountEntry, type UnpackedEntry } from "./run-folders.js";

/** Everything that lies in a store at one moment. */
export interface Inventory {
  /** Blobs, segment tables and trees, by path. */
  readonly parts: ReadonlyMap<string, StoreFile>;
  readonly records: readonly RecordEntry[];
  readonly images: readonly ImageEntry[];
  readonly projects: readonly ProjectLog[];
  /** By the name of its file. */
  readonly projectFiles: ReadonlyMap<string, StoreFile>;
  readonly indexes: readonly StoreFile[];
  readonly mounts: readonly MountEntry[];
  readonly unpacked: readonly UnpackedEntry[];
  /** What commands worked in whose build was killed; counted in `temporary`, too. */
  readonly abandoned: readonly StoreFile[];
  readonly temporary: readonly StoreFile[];
  readonly tombstones: StoreFile | undefined;
  /** The store's own, such as names of images; tombstones too. */
  readonly other: readonly StoreFile[];
}

/** Looks through the whole store. Costs a system call for each file, and reads all records. */
export async function readInventory(store: StoreContext): Promise<Inventory> {
  const { paths } = store;
  const [blobs, segments, trees] = await Promise.all(
    [paths.blobs, paths.segments, paths.trees].map(listFiles),
  );
  const parts = [...(blobs ?? []), ...(segments ?? []), ...(trees ?? [])];
  const { indexFile, tombstoneFile, outputFile, layoutFile, tagFile } = paths;
  const { layers, abandoned, rest } = await listUnpacked(store);
  const other = [indexFile, tombstoneFile, outputFile, layoutFile, tagFile];
  return {
    parts: new Map(parts.map((file) => [file.path, file])),
    records: await listRecords(store),
    images: await listImages(store),
    projects: await new ProjectStore(store).list(),
    projectFiles: new Map((await listFiles(paths.projects)).map((file) => [file.name, file])),
    indexes: await listFiles(paths.indexes),
    mounts: await listMounts(store),
    unpacked: layers,
    abandoned,
    temporary: [...(await listFiles(paths.temporary)), ...rest],
    tombstones: await statFile(tombstoneFile, tombstoneFile),
    other: (await Promise.all(other.map((path) => statFile(path, path)))).flatMap((file) => file ?? []),
  };
}

/** Which builds use each key, and how: in the last build of a project, or in an earlier one. */
export function keyOwners(projects: readonly ProjectLog[]): ReadonlyMap<string, KeyOwners> {
  const owners = new Map<string, { last: BuildLog[]; earlier: BuildLog[] }>();
  const at = (key: string): { last: BuildLog[]; earlier: BuildLog[] } => {
    const found = owners.get(key) ?? { last: [], earlier: [] };
    owners.set(key, found);
    return found;
  };
  for (const { lastBuild, earlierKeys } of projects) {
    for (const key of new Set(lastBuild.steps.map((step) => step.key))) at(key).last.push(lastBuild);
    for (const key of earlierKeys) at(key).earlier.push(lastBuild);
  }
  return owners;
}

/** The projects that a record's key belongs to, each with its last build. */
export interface KeyOwners {
  readonly last: readonly BuildLog[];
  readonly earlier: readonly BuildLog[];
}
