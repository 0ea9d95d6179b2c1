import type { ChildProcess } from "node:child_process";

/** How a program ended. */
export interface ChildEnding {
  readonly exitCode: number | null;
  /** Why it could not be started, or what killed it. */
  readonly problem: string | undefined;
}

/** Waits so long for what a program wrote last, since what it started may hold its pipes open for ever. */
const CLOSE_TIMEOUT_MS = 2000;

/** Waits for a program's end and for all that it wrote. Never fails. */
export function childEnding(child: ChildProcess): Promise<ChildEnding> {
  return new Promise((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      resolve({
        exitCode: null,
        problem: error.code === "ENOENT" ? "not found" : (error.code ?? error.name),
      });
    });
    child.on("exit", (exitCode, signal) => {
      const ending = { exitCode, problem: signal ?? undefined };
      child.on("close", () => resolve(ending));
      setTimeout(() => resolve(ending), CLOSE_TIMEOUT_MS).unref();
    });
  });
}
