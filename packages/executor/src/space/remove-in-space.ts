import type { HostPrograms } from "./host-facts.js";
import type { IdSpace } from "./id-space.js";
import { type ProgramResult, runProgram } from "./run-program.js";

/** Removes folders with files of any id of the space. Folders that are not there are no error. */
export function removeInSpace(
  folders: readonly string[],
  {
    space,
    programs,
    env,
  }: { space: Pick<IdSpace, "command">; programs: Pick<HostPrograms, "rm">; env: NodeJS.ProcessEnv },
): Promise<ProgramResult> {
  return runProgram(space.command([programs.rm, "-rf", "--", ...folders]), { env });
}
