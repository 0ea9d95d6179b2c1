import { readFileSync } from "node:fs";
import { plainRequest } from "./plain-request.js";
import type { CliProcess } from "./terminal.js";

type RunCommand = (args: readonly string[], process: CliProcess) => Promise<number>;

/** The commands beside `build`, each loaded only when it is asked for. A context of such a name is given as a path:
 * `./check`. */
const commands: ReadonlyMap<string, RunCommand> = new Map<string, RunCommand>([
  ["cache", async (args, process) => (await import("./commands/run-cache.js")).runCache(args, process)],
  ["check", async (args, process) => (await import("./commands/run-check.js")).runCheck(args, process)],
  ["copy", async (args, process) => (await import("./commands/run-copy.js")).runCopy(args, process)],
  ["diff", async (args, process) => (await import("./commands/run-diff.js")).runDiff(args, process)],
  ["explain", async (args, process) => (await import("./commands/run-explain.js")).runExplain(args, process)],
  ["format", async (args, process) => (await import("./commands/run-format.js")).runFormat(args, process)],
  ["history", async (args, process) => (await import("./commands/run-history.js")).runHistory(args, process)],
  ["images", async (args, process) => (await import("./commands/run-images.js")).runImages(args, process)],
  ["inspect", async (args, process) => (await import("./commands/run-inspect.js")).runInspect(args, process)],
  ["lock", async (args, process) => (await import("./commands/run-lock.js")).runLock(args, process)],
  ["login", async (args, process) => (await import("./commands/run-login.js")).runLogin(args, process)],
  ["logout", async (args, process) => (await import("./commands/run-logout.js")).runLogout(args, process)],
  ["parse", async (args, process) => (await import("./commands/run-parse.js")).runParse(args, process)],
  ["plan", async (args, process) => (await import("./commands/run-plan.js")).runPlan(args, process)],
  ["pull", async (args, process) => (await import("./commands/run-pull.js")).runPull(args, process)],
  ["push", async (args, process) => (await import("./commands/run-push.js")).runPush(args, process)],
  ["rebase", async (args, process) => (await import("./commands/run-rebase.js")).runRebase(args, process)],
  ["rmi", async (args, process) => (await import("./commands/run-rmi.js")).runRmi(args, process)],
  ["run", async (args, process) => (await import("./commands/run-run.js")).runRun(args, process)],
  ["tag", async (args, process) => (await import("./commands/run-tag.js")).runTag(args, process)],
  [
    "validate",
    async (args, process) => (await import("./commands/run-validate.js")).runValidate(args, process),
  ],
]);

/** Runs the command line and sets the process's exit code: 0 built, 1 the build failed, 2 usage, 3 environment,
 * 4 a bug of ours, 128 + n after a signal. */
export async function main(args: readonly string[], process: CliProcess): Promise<void> {
  // A terminal that is gone is no reason to stop a build, and no reader no reason for a stack trace.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const [name = "", ...rest] = args;
  const command = commands.get(name);
  if (command !== undefined) {
    process.exitCode = await command(rest, process);
    return;
  }
  const request = plainRequest(args) ?? (await import("./read-request.js")).readRequest(args, process);
  if (request === undefined) return;
  if (request.kind === "version") {
    process.stdout.write(`oci-build ${packageVersion()}\n`);
    return;
  }
  // Loaded only to build: help and wrong usage answer at once.
  const { runBuild } = await import("./run-build.js");
  process.exitCode = await runBuild(request.context, request.flags, process);
}

function packageVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
