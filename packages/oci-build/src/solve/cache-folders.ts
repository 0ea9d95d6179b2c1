import type { Cache, MountRequest } from "@oci-build/cache";
import type { Executor, MountFileMeta } from "@oci-build/executor";

/** What folders of cache mounts are taken with. */
export interface CacheFolderParts {
  readonly cache: Pick<Cache, "takeMounts">;
  /** Whose commands write to them: another id space has folders of its own. */
  readonly executors: { readonly open: () => Promise<Pick<Executor, "folders">> };
  readonly signal: AbortSignal | undefined;
}

/** A cache mount as a RUN asks for it: see `MountRequest`. */
type FolderRequest = MountFileMeta & Pick<MountRequest, "id" | "sharing">;

/** Gives the folder of a cache mount once nobody has it who would not share it. As with BuildKit, mounts of one id that
 * ask for other owners or modes are others. */
export function cacheFolders({
  cache,
  executors,
  signal,
}: CacheFolderParts): (
  mount: FolderRequest,
) => Promise<{ readonly folder: string; readonly release: () => Promise<void> }> {
  return async ({ id, sharing, mode, uid, gid }) => {
    const { folders } = await executors.open();
    const request: MountRequest = {
      id,
      sharing,
      variant: `${folders.space} ${uid}:${gid} ${mode.toString(8)}`,
      make: (folder) => folders.make(folder, { mode, uid, gid }),
    };
    const {
      folders: [folder = ""],
      release,
    } = await cache.takeMounts([request], { signal });
    return { folder, release };
  };
}
