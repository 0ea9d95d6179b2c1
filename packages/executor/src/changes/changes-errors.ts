import { executorError } from "../errors.js";
import type { ProgramEnd } from "../process/host-program.js";

/** The error for changes that tar could not read to their end. */
export function changesUnreadable({ status, said }: ProgramEnd, cause?: unknown): Error {
  return executorError("CHANGES_UNREADABLE", {
    message: `cannot read what a command changed: tar ended with ${status}: ${said}`,
    data: { status, said },
    cause,
  });
}

/** The error for more changes than a layer can have. */
export function changesTooMany(max: number): Error {
  return executorError("CHANGES_TOO_MANY", {
    message: `a command changed more than ${max} files`,
    data: { max },
  });
}
