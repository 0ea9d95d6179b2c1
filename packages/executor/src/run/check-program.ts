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
  const files = candidates.flatMap((candidate) => {
    const { entry } = resolvePath(view, candidate, "follow-last");
    return entry?.type === "file" ? { path: candidate, mode: entry.mode } : [];
  });
  if (files.some(({ mode }) => (mode & 0o111) !== 0)) return;
  const [found] = files;
  throw found === undefined ? missing(program, path) : notExecutable(program, path, found);
}

/** As a script that was copied without its mode: the kernel would say that permission is denied. */
function notExecutable(
  program: string,
  path: string | undefined,
  found: { readonly path: string; readonly mode: number },
): Error {
  const mode = (found.mode & 0o7777).toString(8).padStart(4, "0");
  return executorError("EXECUTOR_PROGRAM_MISSING", {
    message: `cannot run ${JSON.stringify(program)}: ${found.path} is not executable, its mode is ${mode}`,
    data: { program, path: path ?? null, notExecutable: found.path },
    hint: "Give it the right to be executed, as with COPY --chmod=755 or RUN chmod +x.",
  });
}

function missing(program: string, path: string | undefined): Error {
  const where = program.includes("/") || path === undefined ? "" : ` on PATH (${JSON.stringify(path)})`;
  return executorError("EXECUTOR_PROGRAM_MISSING", {
    message: `cannot run ${JSON.stringify(program)}: no such program${where} in the root file system`,
    data: { program, path: path ?? null },
    hint: "Install it in an earlier step, or name one that the image has.",
  });
}
