import { posix } from "node:path";
import { resolvePath } from "@oci-build/snapshot";
import { executorError } from "../errors.js";
import type { Lookup } from "./mount-view.js";

/** Makes sure that the program of a command is there, before anything is started: afterwards its absence looks like an
 * exit status. The kernel looks it up again, so nothing is changed here.
 * @throws OciBuildError EXECUTOR_PROGRAM_MISSING */
export function checkProgram(
  program: string,
  { env, cwd }: { env: ReadonlyMap<string, string>; cwd: string },
  view: Lookup,
): void {
  const path = env.get("PATH");
  // Without PATH the C library has one of its own.
  if (path === undefined && !program.includes("/")) return;
  const candidates = program.includes("/")
    ? [posix.resolve(cwd, program)]
    : (path ?? "").split(":").map((folder) => posix.resolve(cwd, folder, program));
  if (!candidates.some((candidate) => isProgram(candidate, view))) throw missing(program, path);
}

function isProgram(path: string, view: Lookup): boolean {
  const { entry } = resolvePath(view, path, "follow-last");
  return entry?.type === "file" && (entry.mode & 0o111) !== 0;
}

function missing(program: string, path: string | undefined): Error {
  const where = program.includes("/") || path === undefined ? "" : ` on PATH (${JSON.stringify(path)})`;
  return executorError("EXECUTOR_PROGRAM_MISSING", {
    message: `cannot run ${JSON.stringify(program)}: no such program${where} in the root file system`,
    data: { program, path: path ?? null },
    hint: "Install it in an earlier step, or name one that the image has.",
  });
}
