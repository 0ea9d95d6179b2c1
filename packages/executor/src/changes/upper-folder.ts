import type { IdSpace } from "../space/id-space.js";

/** A folder whose files are read by GNU tar inside an id space. Nothing may write to it meanwhile. */
export interface UpperFolder {
  readonly folder: string;
  readonly space: Pick<IdSpace, "command">;
  readonly tar: string;
  readonly signal?: AbortSignal | undefined;
}
