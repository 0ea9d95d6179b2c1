import type { IdSpace } from "../space/id-space.js";

/** A folder whose files are read by GNU tar inside an id space. Where something may write to it meanwhile, the space is a
 * `linklessSpace`; then what is read may be of no one time. */
export interface UpperFolder {
  readonly folder: string;
  readonly space: Pick<IdSpace, "command">;
  readonly tar: string;
  readonly signal?: AbortSignal | undefined;
}
