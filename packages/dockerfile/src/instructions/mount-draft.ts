import type { Word } from "./instruction.js";

export type MountType = "bind" | "cache" | "tmpfs" | "secret" | "ssh";
export type MountSharing = "shared" | "private" | "locked";

export const mountTypes: readonly MountType[] = ["bind", "cache", "tmpfs", "secret", "ssh"];
export const mountSharings: readonly MountSharing[] = ["shared", "private", "locked"];

/** The options of a mount while they are read, in the order in which they stand. */
export interface MountDraft {
  type: MountType;
  id?: Word | undefined;
  target?: Word | undefined;
  source?: Word | undefined;
  from?: Word | undefined;
  env?: Word | undefined;
  readOnly?: boolean | undefined;
  required: boolean;
  sharing?: MountSharing | undefined;
  mode?: number | undefined;
  uid?: number | undefined;
  gid?: number | undefined;
  sizeBytes?: number | undefined;
}
