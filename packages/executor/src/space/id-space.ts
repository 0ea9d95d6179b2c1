import type { ExecFidelity } from "../executor.js";

/** Who the root of a container is outside: the host's root itself; the first of the caller's ids and subordinate ids, or
 * the root of a user namespace around the caller, so that every id of an image has one of its own; or the caller alone, to
 * whom all files belong then. */
export type IdMapping = "root" | "subordinate" | "single";

/** How much of what a command does can be told with a mapping. */
export function fidelityOf(mapping: IdMapping): ExecFidelity {
  return mapping === "single" ? "single-id" : "full";
}

/** Where all programs that touch root file systems run, so that owners are what an image says: in the host's own user
 * namespace when the caller is root, else in one that is made for the executor and ends with it. */
export interface IdSpace extends AsyncDisposable {
  readonly mapping: IdMapping;
  /** Distinguishes folders whose owners were written through different mappings; safe as a file name. */
  readonly id: string;
  /** Whether commands can be this user or group. */
  hasId(kind: "user" | "group", id: number): boolean;
  /** The command line that runs a program as root of this space, with its environment, working folder and open files. */
  command(args: readonly [string, ...string[]]): readonly [string, ...string[]];
}
