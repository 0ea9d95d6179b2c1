import type { Xattrs } from "@oci-build/oci";

/** Something that is put into a run's folder before the mounts are made. `path` is relative to it; parents come first.
 * Where nothing else is said it is root's, and of 1970. */
export type PreparedFile = PreparedMeta &
  (
    | { readonly type: "directory" }
    | { readonly type: "file"; readonly content: Uint8Array }
    | { readonly type: "symlink"; readonly target: string }
  );

interface PreparedMeta {
  readonly path: string;
  readonly mode: number;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly mtimeSec?: number | undefined;
  readonly xattrs?: Xattrs | undefined;
}
