import type { Entry, LayerHardLink } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";

/** Where a file's bytes are. */
export interface FileOrigin {
  readonly snapshot: Snapshot;
  readonly path: string;
}

/** One path that a step writes, as it will stand in the layer, without its time: `mtimeSec` undefined means the time
 * of the step's record, which only directories that the builder makes have. */
export interface Change {
  readonly entry: Entry;
  readonly mtime: "source" | "record";
  /** For files: where the bytes come from. */
  readonly origin?: FileOrigin | undefined;
}

/** A change as the layer holds it: the later names of a hard-linked file point to its first. */
export type LayerChange = Change | { readonly entry: LayerHardLink; readonly mtime: "source" };

/** All that a step writes, sorted as layers are. */
export interface ChangeSet {
  readonly changes: readonly LayerChange[];
}
