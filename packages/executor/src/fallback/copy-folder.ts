import { executorError } from "../errors.js";
import { hostEnvironment } from "../process/host-program.js";
import type { HostPrograms } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";
import { runProgram } from "../space/run-program.js";

export interface CopyFolderOptions {
  readonly from: string;
  /** An empty folder. */
  readonly to: string;
  readonly space: Pick<IdSpace, "command">;
  readonly programs: Pick<HostPrograms, "cp">;
  readonly signal?: AbortSignal | undefined;
}

/** Copies what a folder of the host holds, for a command whose writes to it nobody else is to see.
 * @throws OciBuildError ROOT_COPY_FAILED; the signal's reason when aborted */
export async function copyFolder({ from, to, space, programs, signal }: CopyFolderOptions): Promise<void> {
  const command = space.command([programs.cp, "-a", "--reflink=auto", "--", `${from}/.`, to]);
  const { status, stderr } = await runProgram(command, { env: hostEnvironment, signal });
  if (status === 0) return;
  const said = stderr
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, 1000);
  throw executorError("ROOT_COPY_FAILED", {
    message: `cannot copy ${JSON.stringify(from)} to ${JSON.stringify(to)}: cp ended with ${status}: ${said}`,
    data: { folder: to, status: status ?? "a signal", said },
  });
}
