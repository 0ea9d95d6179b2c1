/** Something that is put into a run's folder before the mounts are made. `path` is relative to it; parents come first. */
export type PreparedFile = { readonly path: string; readonly mode: number } & PreparedOwner &
  (
    | { readonly type: "directory" }
    | { readonly type: "file"; readonly content: Uint8Array }
    | { readonly type: "symlink"; readonly target: string }
  );

/** Root's where nothing is said. */
interface PreparedOwner {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}
