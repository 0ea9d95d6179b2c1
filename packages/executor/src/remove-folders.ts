import { rm } from "node:fs/promises";
import { executorError } from "./errors.js";
import { systemCode } from "./process/system-code.js";
import { findPrograms, programEnv } from "./space/find-programs.js";
import { firstLine } from "./space/first-line.js";
import { openUserSpace } from "./space/open-host.js";
import { removeInSpace } from "./space/remove-in-space.js";

/** The environment of the caller, to find programs with. */
export interface RemoveFoldersOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** Removes folders of an executor's `dir` or files that its commands made, whoever owns what is in them: a normal user
 * cannot remove what belongs to its subordinate ids without being root in their user namespace, which is made only if it
 * is needed. Absolute paths; what is not there is no error. Links in a path are followed but for the last.
 * @throws OciBuildError EXECUTOR_FOLDERS_REMAIN */
export async function removeFolders(
  folders: readonly string[],
  options: RemoveFoldersOptions,
): Promise<void> {
  const refused: string[] = [];
  for (const folder of folders) {
    options.signal?.throwIfAborted();
    if ((await removeAsCaller(folder)) === "refused") refused.push(folder);
  }
  if (refused.length > 0) await removeAsRootOfSpace(refused, options);
}

async function removeAsCaller(folder: string): Promise<"removed" | "refused"> {
  try {
    await rm(folder, { recursive: true, force: true });
    return "removed";
  } catch (error) {
    if (systemCode(error) === "EACCES" || systemCode(error) === "EPERM") return "refused";
    throw error;
  }
}

async function removeAsRootOfSpace(
  folders: readonly string[],
  { env, signal }: RemoveFoldersOptions,
): Promise<void> {
  const { programs } = findPrograms(env);
  const context = { programs, env: programEnv(env), signal };
  const opened = await openUserSpace(context);
  if (opened.obstacle !== undefined) throw remain(folders, opened.obstacle.kind);
  const { space } = opened;
  try {
    const { status, stderr } = await removeInSpace(folders, { ...context, space });
    if (status !== 0) throw remain(folders, firstLine(stderr));
  } finally {
    await space[Symbol.asyncDispose]();
  }
}

function remain(folders: readonly string[], said: string): Error {
  return executorError("EXECUTOR_FOLDERS_REMAIN", {
    message: `cannot remove ${folders.length === 1 ? JSON.stringify(folders[0]) : `${folders.length} folders`}: ${said}`,
    data: { folders, said },
    hint: "Remove them as root, or as the user that made them.",
  });
}
