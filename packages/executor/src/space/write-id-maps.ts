import { writeFile } from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";
import { formatIdMap, type IdMaps, idMapArguments } from "./id-map.js";
import { type RunProgramOptions, runProgram } from "./run-program.js";
import { NamespaceRefused } from "./user-namespace.js";

/** The programs that may give a normal user its subordinate ids. */
export interface MapPrograms {
  readonly newuidmap: string;
  readonly newgidmap: string;
}

/** Has the mappings of a process's user namespace written by the programs that check them.
 * @throws NamespaceRefused */
export async function writeCheckedMaps(
  pid: number,
  { users, groups }: IdMaps,
  { newuidmap, newgidmap, ...options }: MapPrograms & RunProgramOptions,
): Promise<void> {
  const results = await Promise.all([
    runProgram([newuidmap, String(pid), ...idMapArguments(users)], options),
    runProgram([newgidmap, String(pid), ...idMapArguments(groups)], options),
  ]);
  const failed = results.find(({ status }) => status !== 0);
  if (failed !== undefined) throw new NamespaceRefused(failed.stderr);
}

/** Writes the mappings of a process's user namespace as this process, which the kernel allows for its own ids alone,
 * and then only without setgroups(2), unless it is privileged.
 * @throws NamespaceRefused */
export async function writeOwnMaps(
  pid: number,
  { users, groups }: IdMaps,
  setgroups: "allow" | "deny",
): Promise<void> {
  try {
    if (setgroups === "deny") await writeFile(`/proc/${pid}/setgroups`, "deny");
    await writeFile(`/proc/${pid}/uid_map`, formatIdMap(users));
    await writeFile(`/proc/${pid}/gid_map`, formatIdMap(groups));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new NamespaceRefused(`the mapping of ids is refused (${code})`, { cause: error });
  }
}
