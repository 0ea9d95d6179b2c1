import type { Chmod } from "@oci-build/dockerfile";
import type { PatternMatcher, Snapshot } from "@oci-build/snapshot";
import type { CopyStep } from "../plan/step.js";
import type { Owner } from "./change-tree.js";
import type { Scratch } from "./scratch.js";

/** A tree that files are copied from, and what it can tell of a path that it does not have. */
export interface CopySource {
  readonly kind: "context" | "stage" | "inline";
  readonly snapshot: Snapshot;
  /** The ignore rule that keeps an existing file out of the tree. */
  readonly explainMissing?: (path: string) => { pattern: string; line: number | undefined } | undefined;
}

/** Which entries are copied, and how they are changed. `owner` undefined keeps each entry's own. */
export interface EntrySource {
  readonly source: CopySource;
  readonly owner: Owner | undefined;
  readonly chmod: Chmod | undefined;
  readonly exclude: PatternMatcher | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A COPY or ADD with everything looked up that it needs. */
export interface CopyRequest extends EntrySource {
  readonly step: CopyStep;
  readonly scratch: Scratch;
}

/** The owner of directories that have to be made on the way: root, unless `--chown` says otherwise. */
export function madeOwner(request: CopyRequest): Owner {
  return request.owner ?? { uid: 0, gid: 0 };
}
