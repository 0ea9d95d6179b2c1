/** Who may use a cache mount at the same time. `shared`: everybody. `locked`: one after the other. `private`: who finds
 * all folders of the mount in use gets one more. Shared and exclusive use exclude each other. */
export type MountSharing = "shared" | "private" | "locked";

/** A folder that outlives builds, such as a package manager's downloads. */
export interface MountRequest {
  readonly id: string;
  readonly sharing: MountSharing;
  /** Mounts of one id and another variant are others, as when their files belong to other users. */
  readonly variant: string;
  /** Makes the folder of a new mount at a path where nothing is, in a folder that is there. */
  readonly make: (folder: string) => Promise<void>;
}

/** How mounts are taken. `signal` ends waiting for them. */
export interface MountUse {
  readonly signal?: AbortSignal | undefined;
}

/** Mounts that are in use until they are released, or this process ends. */
export interface MountLease extends AsyncDisposable {
  /** What is to be mounted, in the order of the requests. */
  readonly folders: readonly string[];
  release(): Promise<void>;
}
