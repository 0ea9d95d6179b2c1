import type { BuildFlags } from "./build-flags.js";
import { declareBuild, declareReport } from "./declare-build.js";
import { goBooleans } from "./go-booleans.js";
import type { CliProcess } from "./terminal.js";

/** The commands that take a build's options. */
export type BuildCommand = "build" | "explain" | "plan";

/** What the command line asks for. */
export type Request =
  | { readonly kind: "build"; readonly context: string; readonly flags: BuildFlags }
  | { readonly kind: "version" };

/** Reads `[build] [options] CONTEXT`, or what stands behind the name of another command.
 * @throws CommanderError for wrong usage, which it has told of, and after `--help` */
export function parseArguments(
  args: readonly string[],
  process: CliProcess,
  name: BuildCommand = "build",
): Request {
  const command = name === "build" ? declareBuild(process) : declareReport(process, name);
  command.parse(goBooleans(args[0] === "build" ? args.slice(1) : args), { from: "user" });
  const { version, ...flags } = command.opts<BuildFlags & { version?: true }>();
  if (version === true) return { kind: "version" };
  const [context] = command.args;
  if (context === undefined) {
    const folder = args[0] === "build" ? "\nTo build the folder named build: oci-build ./build" : "";
    const prefix = name === "build" ? "" : `${name} `;
    return command.error(`error: missing argument: CONTEXT\nTry: oci-build ${prefix}.${folder}`);
  }
  return { kind: "build", context, flags };
}
