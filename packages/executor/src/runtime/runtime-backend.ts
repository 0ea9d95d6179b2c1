import path from "node:path";
import { executorError } from "../errors.js";
import type { Backend, BackendParts, Launch, PreparedCommand } from "../run/backend.js";
import type { PreparedFile } from "../run/prepared-file.js";
import { givableCapabilities } from "./capability-names.js";
import { deviceFiles, deviceMounts } from "./device-folder.js";
import { encodeRuntimeConfig } from "./encode-runtime-config.js";
import { cgroupMounts, type OciRuntime, procMount, runtimeCommand } from "./oci-runtime.js";
import { type RuntimeConfigOptions, runtimeConfig } from "./runtime-config.js";
import { readRuntimeLog } from "./runtime-log.js";
import { runtimeMounts } from "./runtime-mounts.js";

/** Runs commands in containers of an OCI runtime: it makes their mounts, drops rights and filters system calls. The bundle
 * and what the runtime knows of it lie in memory, and so go with the run, however it ends. */
export function runtimeBackend(runtime: OciRuntime, parts: BackendParts): Backend {
  const capabilities = givableCapabilities(parts.space);
  return {
    name: runtime.name,
    prepare: (command) => prepareContainer({ runtime, parts, capabilities, command }),
  };
}

interface Container {
  readonly runtime: OciRuntime;
  readonly parts: BackendParts;
  readonly capabilities: readonly string[];
  readonly command: PreparedCommand;
}

function prepareContainer(container: Container): Launch {
  const { runtime, command } = container;
  const log = path.join(command.folder, "runtime.log");
  return {
    namespaces: command.network === "none" ? ["cgroup", "net"] : ["cgroup"],
    files: [...deviceFiles("side/dev"), ...consoleFile(command), configFile(container)],
    mounts: [procMount, ...cgroupMounts, ...deviceMounts(path.join(command.side, "dev"))],
    script: ":",
    scriptArgs: [],
    program: runtimeCommand(runtime, {
      bundle: command.side,
      state: path.join(command.side, "state"),
      log,
    }),
    programEnv: new Map(),
    status: async (ended) => {
      await checkStarted(runtime, log, terminalOf(command));
      return ended;
    },
  };
}

function configFile({ parts, capabilities, command }: Container): PreparedFile {
  const { mapping } = parts.space;
  const config = runtimeConfig({
    ...command,
    rootFolder: command.root,
    mounts: runtimeMounts({ ...command, mapping, devices: path.join(command.side, "dev") }),
    allCapabilities: capabilities,
    terminal: terminalOf(command),
    arch: process.arch,
  });
  return { type: "file", path: "side/config.json", mode: 0o600, content: encodeRuntimeConfig(config) };
}

/** A runtime makes a terminal for the container only where it has one itself. */
function terminalOf({ stdio }: PreparedCommand): RuntimeConfigOptions["terminal"] {
  const { stdin, stdout } = process;
  if (stdio !== "inherited" || !stdin.isTTY || !stdout.isTTY) return "none";
  return { rows: stdout.rows, columns: stdout.columns };
}

/** The runtime mounts the terminal that it makes on this file. */
function consoleFile(command: PreparedCommand): readonly PreparedFile[] {
  if (terminalOf(command) === "none") return [];
  return [{ type: "file", path: "side/dev/console", mode: 0o600, content: new Uint8Array() }];
}

async function checkStarted(
  runtime: OciRuntime,
  log: string,
  terminal: RuntimeConfigOptions["terminal"],
): Promise<void> {
  const { errors: problem, output } = await readRuntimeLog(log, terminal === "none" ? "none" : "made");
  if (output.length > 0) process.stdout.write(output);
  if (problem === undefined) return;
  throw executorError("RUNTIME_FAILED", {
    message: `${runtime.name} could not start the command: ${problem}`,
    data: { runtime: runtime.name, problem },
    hint: "Try another back end with --executor util-linux.",
  });
}
