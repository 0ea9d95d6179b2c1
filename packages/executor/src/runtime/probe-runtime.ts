import { spawn } from "node:child_process";
import { cgroupMount, type OciRuntime, procMount, runtimeCommand } from "./oci-runtime.js";
import { runtimeConfig } from "./runtime-config.js";
import { encodeRuntimeConfig } from "./encode-runtime-config.js";
import { allCapabilities } from "./capability-names.js";
import type { HostFacts } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";

export interface ProbeRuntimeOptions {
  readonly runtime: OciRuntime;
  readonly space: Pick<IdSpace, "command">;
  readonly programs: Pick<HostFacts["programs"], "unshare" | "mount" | "mkdir" | "sh">;
  /** A folder that exists; it is only mounted over, where nobody else sees it. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** Whether a runtime can run our containers, or what it said when it could not. */
export type RuntimeProbe =
  | { readonly kind: "works" }
  | { readonly kind: "broken"; readonly problem: string };

const PROBE_TIMEOUT_MS = 10_000;
/** A status that nothing but the command in the container ends with. */
const PROBE_STATUS = 42;
const PROBLEM_MAX_LENGTH = 300;

/** Runs a container that ends at once, with all that ours have: namespaces, the filter of system calls, dropped rights.
 * Its root is the host's own, seen by the container alone; its program is the host's shell. */
export async function probeRuntime(options: ProbeRuntimeOptions): Promise<RuntimeProbe> {
  const { status, said } = await runProbe(options);
  if (status === PROBE_STATUS) return { kind: "works" };
  return { kind: "broken", problem: said === "" ? `ended with status ${status}` : said };
}

/** In a folder in memory: the bundle, the runtime's state, and a root on which the host's lies. */
const script = `set -e
mount=$1 mkdir=$2 folder=$3
cd /
"$mount" -t proc proc /proc
"$mount" -t cgroup2 -o ${cgroupMount.options.join()} cgroup2 /sys/fs/cgroup
"$mount" -t tmpfs -o mode=700 tmpfs "$folder"
cd "$folder"
"$mkdir" root
"$mount" --rbind / root
printf %s "$4" > config.json
shift 4
exec "$@"`;
