import { realpathSync } from "node:fs";
import type { MountLine } from "../run/backend.js";
import type { HostPrograms } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";
import { type ProgramResult, runProgram } from "../space/run-program.js";
import { givableCapabilities } from "./capability-names.js";
import { encodeRuntimeConfig } from "./encode-runtime-config.js";
import { cgroupMounts, type OciRuntime, procMount, runtimeCommand } from "./oci-runtime.js";
import { runtimeConfig } from "./runtime-config.js";

export interface ProbeRuntimeOptions {
  readonly space: Pick<IdSpace, "command" | "mapping">;
  readonly programs: HostPrograms;
  /** Of programs on the host's side. */
  readonly env: NodeJS.ProcessEnv;
  /** A folder that exists. Only a mount that nobody else sees is made on it. */
  readonly dir: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a runtime said when it could not run a container of ours; undefined when it could. */
export type RuntimeProblem = string | undefined;

const TIMEOUT_MS = 10_000;
/** A status that only the command in the container ends with. */
const STATUS = 42;
const PROBLEM_MAX_LENGTH = 300;

/** Makes a file system in memory with the bundle and a root on which all of the host's lies, and starts what is left of
 * the arguments there. */
const SCRIPT = `set -e
config=$1
shift
${[procMount, ...cgroupMounts].map(mountCommand).join("\n")}
mount -t tmpfs -o mode=700 tmpfs .
cd "$PWD"
mkdir root
mount --rbind / root
printf %s "$config" >config.json
exec "$@"`;

/** Runs a container that ends at once and has what ours have: namespaces, the filter of system calls, dropped rights. Its
 * program is the host's shell.
 * @throws the reason of the signal when it is aborted */
export async function probeRuntime(
  runtime: OciRuntime,
  options: ProbeRuntimeOptions,
): Promise<RuntimeProblem> {
  const { signal, env } = options;
  // runc runs nothing below a link.
  const dir = realpathSync(options.dir);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    const ended = await runProgram(probeCommand(runtime, { ...options, dir }), {
      env,
      cwd: dir,
      signal: either,
    });
    return ended.status === STATUS ? undefined : problemOf(ended);
  } catch (error) {
    if (!timeout.aborted || signal?.aborted === true) throw error;
    return `no answer within ${TIMEOUT_MS / 1000} s`;
  }
}

function probeCommand(
  runtime: OciRuntime,
  { space, programs, dir }: ProbeRuntimeOptions,
): readonly [string, ...string[]] {
  const config = runtimeConfig({
    rootFolder: `${dir}/root`,
    args: [programs.sh, "-c", `exit ${STATUS}`],
    env: new Map(),
    cwd: "/",
    user: { uid: 0, gid: 0, groups: [] },
    hostname: "probe",
    mounts: [
      { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "nodev", "noexec"] },
      { destination: "/dev", type: "bind", source: "/dev", options: ["rbind", "rw"] },
    ],
    ulimits: [],
    security: "sandbox",
    allCapabilities: givableCapabilities(space),
    terminal: "none",
    arch: process.arch,
  });
  const folders = { bundle: dir, state: `${dir}/state`, log: `${dir}/log` };
  const { unshare, sh } = programs;
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--cgroup", "--propagation", "private"];
  const text = Buffer.from(encodeRuntimeConfig(config)).toString("utf8");
  const script = [sh, "-c", SCRIPT, "sh", text];
  return space.command([unshare, ...namespaces, ...script, ...runtimeCommand(runtime, folders)]);
}

function mountCommand({ type, source, target, options }: MountLine): string {
  return `mount -t ${type} -o ${options.join(",")} ${source} ${target}`;
}

/** Both runtimes say why they failed in their last line, whatever their log. What mount(8) indents below its own is
 * where else to look. */
function problemOf({ status, stderr }: Pick<ProgramResult, "status" | "stderr">): string {
  const lines = stderr.trim().split("\n");
  const said = lines.findLast((line) => !/^\s/.test(line)) ?? "";
  const text = said.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return text === "" ? `ended with status ${status ?? "none"}` : text.slice(0, PROBLEM_MAX_LENGTH);
}
