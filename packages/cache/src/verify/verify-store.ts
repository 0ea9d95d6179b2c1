import { rm } from "node:fs/promises";
import { relative, sep } from "node:path";
import { isOciBuildError, systemErrorCode } from "@oci-build/oci";
import { listImages } from "../collect/image-parts.js";
import { ImageIndexStore } from "../images/image-index-store.js";
import { JsonShapeError } from "../store/json-reader.js";
import { removeTree } from "../store/remove-tree.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { listFiles, type StoreFile, statFile } from "../store/store-files.js";
import { type FileCheck, storeChecks } from "./store-checks.js";
import type { CacheDamage, VerifyOptions, VerifyReport } from "./verify-report.js";
import { damagedLayers, damagedMounts } from "./verify-run-folders.js";

/** Reads every file of a store and tells which are damaged. A file that goes meanwhile is none of them. */
export async function verifyStore(store: StoreContext, options: VerifyOptions): Promise<VerifyReport> {
  let [files, bytes] = [0, 0];
  const damages: CacheDamage[] = [];
  for (const check of storeChecks(store.paths)) {
    for (const file of await filesOf(check.place)) {
      store.signal?.throwIfAborted();
      const problem = await problemOf(file, check);
      files += 1;
      bytes += file.diskBytes;
      if (problem === undefined) continue;
      damages.push({ kind: check.kind, path: pathInStore(store, file), problem });
      if (options.damaged === "forget") await forget(file.path);
    }
  }
  for (const damage of [...(await damagedMounts(store)), ...(await damagedLayers(store, options))]) {
    damages.push({ ...damage, path: pathInStore(store, damage) });
    if (options.damaged === "forget") await removeTree(store, damage.path);
  }
  damages.push(...(await verifyImages(store, options)));
  return { files, bytes, damages };
}

function filesOf(place: FileCheck["place"]): Promise<readonly StoreFile[]> {
  if ("folder" in place) return listFiles(place.folder);
  return statFile(place.file, place.file).then((file) => (file === undefined ? [] : [file]));
}

/** What is wrong with a file, in words. */
async function problemOf(file: StoreFile, { check }: FileCheck): Promise<string | undefined> {
  try {
    await check(file);
    return undefined;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    const problem = storeError(error, file.path);
    const isDamage =
      isOciBuildError(problem) || problem instanceof JsonShapeError || problem instanceof RangeError;
    if (!isDamage) throw error;
    return problem.message;
  }
}

/** Images whose files are not all there, as after a blob was forgotten. */
async function verifyImages(store: StoreContext, options: VerifyOptions): Promise<readonly CacheDamage[]> {
  const damages: CacheDamage[] = [];
  for (const { name, partPaths } of await listImages(store)) {
    const blobs = partPaths.filter((path) => path.startsWith(store.paths.blobs));
    const sizes = await Promise.all(blobs.map((path) => statFile(path, path)));
    const missing = blobs.filter((_, index) => sizes[index] === undefined);
    if (missing.length === 0) continue;
    damages.push({ kind: "image", path: name, problem: `${missing.length} of its blobs are not there` });
    if (options.damaged === "forget") await new ImageIndexStore(store).untag(name);
  }
  return damages;
}

function pathInStore({ paths }: StoreContext, { path }: Pick<StoreFile, "path">): string {
  return relative(paths.root, path).split(sep).join("/");
}

async function forget(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw storeError(error, path);
  }
}
