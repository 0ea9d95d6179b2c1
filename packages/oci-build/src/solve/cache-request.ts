import type { MountRequest } from "@oci-build/cache";
import type { HostFolders } from "@oci-build/executor";
import type { ContentDigest } from "@oci-build/oci";
import type { CacheMount } from "../plan/run-step.js";
import { type MountedTree, type MountedTreeContext, mountedView } from "./mounted-tree.js";
import type { SolveContext } from "./solve-context.js";

/** A cache mount, and what it begins with where that is not nothing. */
export interface WantedCache {
  readonly mount: CacheMount;
  readonly base: { readonly tree: MountedTree; readonly content: ContentDigest } | undefined;
}

/** Around what a cache begins with, which has attributes of its own. */
const BASE_FOLDER = { mode: 0o755, uid: 0, gid: 0 };

export interface CacheRequestContext extends MountedTreeContext, Pick<SolveContext, "emit" | "imports"> {
  readonly folders: HostFolders;
}

/** What is asked of the store for a cache mount. A new one holds what an import has of it, else what it begins with. */
export function cacheRequest(wanted: WantedCache, context: CacheRequestContext): MountRequest {
  const { id, sharing } = wanted.mount;
  const { imports, folders } = context;
  const make = async (folder: string): Promise<void> => {
    if (imports.length > 0) {
      const { importMount } = await import("../share/import-mount.js");
      if ((await importMount(folder, wanted, context)) === "filled") return;
    }
    await makeCache(folder, wanted, context);
  };
  return { id, sharing, variant: cacheVariant(wanted, folders.space), make };
}

async function makeCache(
  folder: string,
  { mount: { mode, uid, gid }, base }: WantedCache,
  { folders, ...context }: CacheRequestContext,
): Promise<void> {
  if (base === undefined) return folders.make(folder, { mode, uid, gid });
  await folders.make(folder, BASE_FOLDER);
  await folders.fill(folder, (await mountedView(base.tree, context)).layer, context.signal);
}

/** What tells cache mounts of one id apart. One of other owners is another one: whoever can read one of them need not be
 * able to read the other. So is, as with BuildKit, one that began with other files: nothing is ever merged into what
 * commands have written. */
export function cacheVariant(
  {
    mount: { mode, uid, gid },
    base,
  }: Pick<WantedCache, "mount"> & {
    readonly base: Pick<NonNullable<WantedCache["base"]>, "content"> | undefined;
  },
  space: string,
): string {
  return JSON.stringify([space, mode, uid, gid, ...(base === undefined ? [] : [base.content])]);
}
