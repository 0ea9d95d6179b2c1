import { join } from "node:path";
import { parseDiffId } from "@oci-build/oci";
import { FileBlobStore } from "../blobs/file-blob-store.js";
import { listUnpacked } from "../collect/run-folders.js";
import { LayerStore } from "../layers/layer-store.js";
import { partsOf, readMountInfo } from "../mounts/mount-folder.js";
import { isForeignFolder } from "../store/foreign-folder.js";
import type { StoreContext } from "../store/store-context.js";
import { readFolder } from "../store/store-files.js";
import type { VerifyOptions } from "./verify-report.js";

/** A folder of RUN that is damaged, and why. */
export interface FolderDamage {
  readonly kind: "mount" | "unpacked";
  readonly path: string;
  readonly problem: string;
}

/** Cache mounts that do not say what they are; what commands keep in them only they can judge. */
export async function damagedMounts(store: StoreContext): Promise<readonly FolderDamage[]> {
  const damages: FolderDamage[] = [];
  for (const name of await readFolder(store.paths.mounts)) {
    const folder = partsOf(join(store.paths.mounts, name));
    if ((await readMountInfo(folder)) !== undefined || (await isForeignFolder(store, folder.path))) continue;
    damages.push({ kind: "mount", path: folder.path, problem: "it does not say what it is" });
  }
  return damages;
}

/** Unpacked layers that are not what their trees say, as far as somebody can look at their files. */
export async function damagedLayers(
  store: StoreContext,
  { checkUnpacked }: VerifyOptions,
): Promise<readonly FolderDamage[]> {
  if (checkUnpacked === undefined) return [];
  const layers = new LayerStore(store, new FileBlobStore(store));
  const damages: FolderDamage[] = [];
  for (const { diffIdHex, space, file } of (await listUnpacked(store)).layers) {
    store.signal?.throwIfAborted();
    const diffId = parseDiffId(`sha256:${diffIdHex}`);
    const tree = await layers.readTree(diffId);
    const problem = await checkUnpacked({ folder: file.path, space, diffId, tree });
    if (problem !== undefined) damages.push({ kind: "unpacked", path: file.path, problem });
  }
  return damages;
}
