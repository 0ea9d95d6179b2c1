import { compressionTypes } from "../options/compression.js";
import { executorChoices, runNetworks } from "../options/run-choices.js";
import type { BuildFlags } from "./build-flags.js";
import type { Request } from "./parse-arguments.js";
import { progressModes } from "./progress/progress-mode.js";

interface PlainOption {
  readonly flag: keyof BuildFlags;
  /** `list`: given again, a value is added. `on` and `off`: stands alone. */
  readonly kind: "text" | "list" | "on" | "off";
  readonly choices?: readonly string[];
}

const file: PlainOption = { flag: "file", kind: "text" };
const tag: PlainOption = { flag: "tag", kind: "list" };
const output: PlainOption = { flag: "output", kind: "list" };
const quiet: PlainOption = { flag: "quiet", kind: "on" };

const options: ReadonlyMap<string, PlainOption> = new Map<string, PlainOption>([
  ["-f", file],
  ["--file", file],
  ["-t", tag],
  ["--tag", tag],
  ["-o", output],
  ["--output", output],
  ["-q", quiet],
  ["--quiet", quiet],
  ["--push", { flag: "push", kind: "on" }],
  ["--load", { flag: "load", kind: "on" }],
  ["--target", { flag: "target", kind: "text" }],
  ["--build-arg", { flag: "buildArg", kind: "list" }],
  ["--label", { flag: "label", kind: "list" }],
  ["--annotation", { flag: "annotation", kind: "list" }],
  ["--build-context", { flag: "buildContext", kind: "list" }],
  ["--insecure-registry", { flag: "insecureRegistry", kind: "list" }],
  ["--registry-mirror", { flag: "registryMirror", kind: "list" }],
  ["--registry-ca", { flag: "registryCa", kind: "list" }],
  ["--pull", { flag: "pull", kind: "on" }],
  ["--offline", { flag: "offline", kind: "on" }],
  ["--locked", { flag: "locked", kind: "on" }],
  ["--no-lock", { flag: "lock", kind: "off" }],
  ["--platform", { flag: "platform", kind: "list" }],
  ["--compression", { flag: "compression", kind: "text", choices: compressionTypes }],
  ["--compression-level", { flag: "compressionLevel", kind: "text" }],
  ["--no-cache", { flag: "cache", kind: "off" }],
  ["--no-cache-filter", { flag: "noCacheFilter", kind: "list" }],
  ["--verify", { flag: "verify", kind: "on" }],
  ["--trust-stat", { flag: "trustStat", kind: "on" }],
  ["--explain", { flag: "explain", kind: "on" }],
  ["--progress", { flag: "progress", kind: "text", choices: progressModes }],
  ["--iidfile", { flag: "iidfile", kind: "text" }],
  ["--metadata-file", { flag: "metadataFile", kind: "text" }],
  ["--secret", { flag: "secret", kind: "list" }],
  ["--ssh", { flag: "ssh", kind: "list" }],
  ["--allow", { flag: "allow", kind: "list" }],
  ["--network", { flag: "network", kind: "text", choices: runNetworks }],
  ["--add-host", { flag: "addHost", kind: "list" }],
  ["--shm-size", { flag: "shmSize", kind: "text" }],
  ["--ulimit", { flag: "ulimit", kind: "list" }],
  ["--executor", { flag: "executor", kind: "text", choices: executorChoices }],
  ["--run-timeout", { flag: "runTimeout", kind: "text" }],
  ["--debug-shell", { flag: "debugShell", kind: "on" }],
  ["--cache-dir", { flag: "cacheDir", kind: "text" }],
  ["--cache-to", { flag: "cacheTo", kind: "list" }],
  ["--cache-from", { flag: "cacheFrom", kind: "list" }],
]);

/** What `parseArguments` gives, for command lines that ask for a build in a plain way: known options written in full,
 * with their values behind them, and one context. Undefined for all others, right or wrong: those are left to
 * commander, which takes as long to load as such a build takes to plan. */
export function plainRequest(args: readonly string[]): Request | undefined {
  const flags: Record<string, unknown> = {};
  let context: string | undefined;
  for (let at = args[0] === "build" ? 1 : 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("-")) {
      if (context !== undefined) return undefined;
      context = arg;
      continue;
    }
    const equals = arg.startsWith("--") ? arg.indexOf("=") : -1;
    const option = options.get(equals < 0 ? arg : arg.slice(0, equals));
    if (option === undefined) return undefined;
    if (option.kind === "on" || option.kind === "off") {
      if (equals >= 0) return undefined;
      flags[option.flag] = option.kind === "on";
      continue;
    }
    const value = equals < 0 ? args[++at] : arg.slice(equals + 1);
    if (value === undefined || !fits(value, option)) return undefined;
    flags[option.flag] =
      option.kind === "list" ? [...((flags[option.flag] as string[] | undefined) ?? []), value] : value;
  }
  return context === undefined ? undefined : { kind: "build", context, flags };
}

/** What begins like an option may be one that lacks its value. */
function fits(value: string, { choices }: PlainOption): boolean {
  return !value.startsWith("-") && (choices?.includes(value) ?? true);
}
