import { systemErrorCode } from "@oci-build/oci";
import { executorError } from "../errors.js";

/** What a system has no more of, and what to do about it. */
const limits: ReadonlyMap<unknown, readonly [problem: string, hint: string]> = new Map([
  [
    "E2BIG",
    [
      "its arguments and variables are longer than the system allows",
      "Put long texts into files that the command reads.",
    ],
  ],
  ["EAGAIN", ["the system allows this user no more processes", "Allow more of them: ulimit -u."]],
  ["EMFILE", ["this process has as many open files as it may", "Allow it more of them: ulimit -n."]],
]);

/** A command that could not be started, for what a helper said or for what the system refused. */
export function notStarted(cause: string | Error): Error {
  const [problem, hint] =
    typeof cause === "string" ? [cause] : (limits.get(systemErrorCode(cause)) ?? [cause.message]);
  return executorError("EXECUTOR_START_FAILED", {
    message: `cannot start a command: ${problem}`,
    data: { problem },
    hint,
    cause: typeof cause === "string" ? undefined : cause,
  });
}
