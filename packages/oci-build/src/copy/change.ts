import type { Entry, LayerHardLink } from "@oci-build/oci";
import type { Placement, Snapshot, Subtree, SubtreeSurvey } from "@oci-build/snapshot";

/** Where a file's bytes are. */
export interface FileOrigin {
  readonly snapshot: Snapshot;
  readonly path: string;
}

/** One path that a step writes, as it will stand in the layer, without its time: `mtime` "record" means the time of the
 * step's record, which only directories that the builder makes have. */
export interface Change {
  readonly entry: Entry;
  readonly mtime: "source" | "record";
  /** For files: where the bytes come from. */
  readonly origin?: FileOrigin | undefined;
}

/** A change as the layer holds it: the later names of a hard-linked file point to its first. */
export type LayerChange = Change | { readonly entry: LayerHardLink; readonly mtime: "source" };

/** A directory's whole content at another place, where nothing else is written below that place. It stands for the
 * changes of all its entries, and costs nothing for each. */
export interface Graft {
  readonly snapshot: Snapshot;
  readonly subtree: Subtree;
  readonly placement: Placement;
  /** What it is, as it was when it was placed. */
  readonly survey: SubtreeSurvey;
}

/** All that a step writes, sorted as layers are: a graft stands where its entries would. */
export interface ChangeSet {
  readonly parts: readonly (LayerChange | Graft)[];
}
