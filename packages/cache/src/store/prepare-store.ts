import { accessSync, constants, type Stats, statSync } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";
import { makeFolder } from "./make-folder.js";
import type { StoreContext } from "./store-context.js";
import { storeError } from "./store-error.js";
import type { StorePaths } from "./store-paths.js";
import { writeStoreFile } from "./write-file.js";

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#oci-layout-file */
const layoutText = JSON.stringify({ imageLayoutVersion: "1.0.0" });

const emptyIndexText = JSON.stringify({
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [],
});

/** Tells backup programs to leave the folder out.
 * @see https://bford.info/cachedir/ */
const tagText =
  "Signature: 8a477f597d28d172789f06886806bc55\n# Cache of oci-build. It may be removed at any time.\n";

/** Makes the store's folders and its three fixed files, those that are not there; several processes may do it at
 * once, and a folder that somebody removed by hand comes back. */
export async function prepareStore(store: StoreContext): Promise<void> {
  const { paths } = store;
  if (isPrepared(paths)) return;
  await makeFolder(store, paths.root);
  await makeFolders(store, foldersOf(paths));
  await checkWritable(paths.temporary);
  await writeMissing(store, paths.tagFile, tagText);
  await writeMissing(store, paths.indexFile, emptyIndexText);
  await writeMissing(store, paths.layoutFile, layoutText);
}

/** The folders that every store has, without its root. */
function foldersOf(paths: StorePaths): readonly string[] {
  const { blobs, records, trees, segments, projects, temporary, leases, locks } = paths;
  return [blobs, records, trees, segments, projects, temporary, leases, locks];
}

/** Fails when all are made or have failed: nothing is made any more once it is told that one cannot be. */
async function makeFolders(store: StoreContext, folders: readonly string[]): Promise<void> {
  const made = await Promise.allSettled(folders.map((folder) => makeFolder(store, folder)));
  for (const one of made) if (one.status === "rejected") throw one.reason;
}

/** Asked at once: a dozen questions to libuv's threads take longer than all else of opening a store. */
function isPrepared(paths: StorePaths): boolean {
  const files = [paths.tagFile, paths.indexFile, paths.layoutFile];
  try {
    accessSync(paths.temporary, constants.W_OK);
    const isThere = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });
    return (
      foldersOf(paths).every((path) => isThere(path)?.isDirectory()) &&
      files.every((path) => isThere(path)?.isFile())
    );
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    // What is wrong is told by what makes the missing parts.
    return false;
  }
}

async function writeMissing(store: StoreContext, path: string, text: string): Promise<void> {
  if ((await readText(path)) !== undefined) return;
  await writeStoreFile(store, path, { bytes: Buffer.from(text), durability: "flush" });
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw storeError(error, path);
  }
}

/** Before the build has done any work. */
async function checkWritable(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    throw storeError(error, folder);
  }
}
