/** Removes folders of the store that hold files of other users, as commands of RUN leave them where this user is not
 * root: for `OpenCacheOptions.removeFolder`. Nothing is loaded before there is such a folder. */
export function folderRemover(env: NodeJS.ProcessEnv): (path: string) => Promise<void> {
  return async (path) => {
    const { withHostFolders } = await import("@oci-build/executor");
    await withHostFolders({ env }, (folders) => folders.remove(path));
  };
}
