import type { HostPrograms } from "../space/host-facts.js";
import type { Launch, MountLine, ShownPart } from "./backend.js";
import { escapeField } from "./host-mounts.js";
import type { LinkGuard } from "./link-guard.js";
import { safeSteps } from "./safe-steps.js";
import { shellQuote } from "./shell-quote.js";

/** A table of mounts, what is made to mount on before it, and what is to be done behind it. */
export interface MountPhase {
  readonly makes: readonly { readonly path: string; readonly type: "directory" | "file" }[];
  readonly lines: readonly MountLine[];
  readonly after?: readonly string[];
}

/** What leads to the command. All paths are absolute; `links` is the folder that overlays name their layers from. */
export interface PreludeOptions {
  readonly folder: string;
  readonly links: string;
  readonly programs: HostPrograms;
  readonly launch: Launch;
  /** The first mounts the root alone, where there is a guard. */
  readonly phases: readonly MountPhase[];
  readonly guard: LinkGuard | undefined;
  readonly hostname: string;
  /** A directory in the root that is made, as part of what the command changes; and the folder on the way to it that
   * others may be changing. */
  readonly makeCwd: { readonly path: string; readonly through: string | undefined } | undefined;
  readonly sideBytes: number;
  /** Descriptors that are no affair of the command. */
  readonly inherited: readonly number[];
  /** Whether it is put into a cgroup from outside, which is told in a line of descriptor 3. */
  readonly pidsGroup: "entered" | "none";
  /** A redirection, or nothing. */
  readonly stdin: string;
}

/** The file of a phase's table, in the run's folder. */
export function fstabName(phase: number): string {
  return `fstab${phase}`;
}

/** The script that a shell of the host runs as process 1 of the new namespaces, and its arguments. Descriptor 3 is
 * where it reports to: `pid N`, its pid outside; `ready` right before the program takes its place; and what went wrong.
 * Descriptor 4 gives the files as a tar. */
export function prelude(options: PreludeOptions): readonly [script: string, ...args: string[]] {
  const { folder, launch, programs, phases } = options;
  const lines = [
    "set -e; umask 022",
    // "self" is this shell: reading is no process of its own.
    "read -r pid rest </proc/self/stat; echo pid $pid >&3",
    "exec 5>&2 2>&3",
    ...closeLines(options.inherited),
    ...namespaceLines(options),
    ...safetyLines(options),
    `cd ${shellQuote(folder)}`,
    `${shellQuote(programs.mount)} -n -t tmpfs -o mode=0700,nosuid,nodev,size=${options.sideBytes} tmpfs side`,
    `${shellQuote(programs.tar)} -x -p --numeric-owner --delay-directory-restore --xattrs --xattrs-include='*' -f - <&4`,
    "exec 4<&-",
    ...phases.flatMap((phase, index) => phaseLines(phase, index, options)),
    ...makeCwdLines(options),
    ...(options.guard === undefined ? [] : [options.guard.end]),
    `cd ${shellQuote(`${folder}/root`)}`,
    `launch() {\n:\n${launch.script}\n}`,
    `launch ${launch.scriptArgs.map(shellQuote).join(" ")}`,
    ...(options.pidsGroup === "entered" ? ["read -r entered <&3 || :"] : []),
    "echo ready >&3",
    ...exportLines(launch.programEnv),
    // A bash adds these to the environment of whatever it runs.
    `exec \${BASH_VERSION:+/usr/bin/env -u _ -u SHLVL} "$@" ${options.stdin}2>&5 5>&- 3>&-`,
  ];
  return [lines.join("\n"), "sh", ...launch.program];
}

/** The environment that the shell starts with. The values of `env` travel under other names, which mean nothing to the
 * programs on the way. */
export function preludeEnv(env: ReadonlyMap<string, string>, hostEnv: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const values = [...env.values()].map((value, index) => [`${CARRIER}${index}`, value] as const);
  return { ...hostEnv, ...Object.fromEntries(values) };
}

const CARRIER = "oci_build_value_";
/** What the shell got from us, or made itself. */
const OWN_VARIABLES = "PATH LC_ALL LIBMOUNT_FORCE_MOUNT2 PWD OLDPWD SHLVL";

function exportLines(env: ReadonlyMap<string, string>): readonly string[] {
  const lines = [...env.keys()].map((name, index) => {
    const carrier = `${CARRIER}${index}`;
    return `${name}=$${carrier}; export ${name}; unset ${carrier}`;
  });
  // Some shells complain about locales that the host does not have.
  return [`unset ${OWN_VARIABLES}`, "{ :", ...lines, "} 2>/dev/null"];
}

/** 3 to 5 are ours. Most shells know no descriptors of two digits; a word before `>` would be an argument to them. */
function closeLines(inherited: readonly number[]): readonly string[] {
  const [small, large] = [inherited.filter((fd) => fd > 5 && fd < 10), inherited.filter((fd) => fd > 9)];
  return [
    ...small.map((fd) => `exec ${fd}>&-`),
    ...large.map((fd) => `if [ -n "$BASH_VERSION" ]; then eval "exec ${fd}>&-"; fi`),
  ];
}

function namespaceLines({ launch, hostname, programs }: PreludeOptions): readonly string[] {
  const lines: string[] = [];
  if (launch.namespaces.includes("uts")) {
    const name = shellQuote(hostname);
    // The file takes it from root outside alone, and not every host has the program.
    lines.push(`{ echo ${name} >/proc/sys/kernel/hostname || hostname ${name} || :; } 2>/dev/null`);
  }
  if (launch.namespaces.includes("net")) {
    const byFile = `${shellQuote(programs.mount)} -n -t sysfs sysfs /sys && echo 0x9 >/sys/class/net/lo/flags`;
    lines.push(`{ ${byFile}; } 2>/dev/null || ip link set lo up`);
  }
  return lines;
}

function makeCwdLines({ folder, makeCwd }: PreludeOptions): readonly string[] {
  if (makeCwd === undefined) return [];
  const root = `${folder}/root`;
  const { path, through } = makeCwd;
  if (through === undefined) return [`mkdir -p -- ${shellQuote(root + path)}`];
  const names = path.slice(through.length + 1).split("/");
  return [callOf("into", [root + through, ...names])];
}

function safetyLines({ phases, makeCwd, programs }: PreludeOptions): readonly string[] {
  const isNeeded = makeCwd?.through !== undefined || phases.some(({ after }) => after !== undefined);
  return isNeeded ? [`m=${shellQuote(programs.mount)}`, safeSteps] : [];
}

function phaseLines(phase: MountPhase, index: number, options: PreludeOptions): readonly string[] {
  const { folder, links, programs, guard } = options;
  const makes = phase.makes.flatMap(({ path, type }) => {
    const word = shellQuote(path);
    if (type === "directory") return [`mkdir -p -- ${word}`];
    return [`mkdir -p -- ${shellQuote(path.slice(0, path.lastIndexOf("/")))}`, `: >>${word}`];
  });
  const table = shellQuote(`${folder}/${fstabName(index)}`);
  // Else it looks up itself what links lead to.
  const asGiven = guard === undefined ? "" : "-c ";
  const mount = `${shellQuote(programs.mount)} -n ${asGiven}-a -T ${table}`;
  return [...makes, `cd ${shellQuote(links)}`, mount, ...(phase.after ?? [])];
}

/** Mounts in as few tables as may be: what has to be made in an earlier mount ends a table, and so does what is put in
 * its place afterwards. `folder` is the run's. */
export function mountPhases(lines: readonly MountLine[], folder: string): readonly MountPhase[] {
  const phases: { makes: MountPhase["makes"][number][]; lines: MountLine[]; after?: readonly string[] }[] =
    [];
  for (const [index, line] of lines.entries()) {
    const { target, make, through, shows } = line;
    let last = phases.at(-1);
    if (last === undefined || last.after !== undefined || make !== undefined || through !== undefined) {
      last = { makes: [], lines: [] };
      phases.push(last);
    }
    if (make !== undefined) last.makes.push({ path: target, type: make });
    if (through === undefined) {
      last.lines.push(line);
      if (shows !== undefined) last.after = [callOf("check", [escapeField(target), ...shownWords(shows)])];
    } else {
      const aside = `${folder}/side/t${index}`;
      last.makes.push({ path: aside, type: through.type });
      last.lines.push({ ...line, target: aside });
      const names = target.slice(through.folder.length + 1).split("/");
      last.after = [callOf("attach", [aside, names.pop() ?? "", through.folder, ...names])];
    }
  }
  return phases;
}

function shownWords({ device, path }: ShownPart): readonly string[] {
  return typeof device === "string" ? [path, device] : [path, "", escapeField(device.at)];
}

function callOf(name: string, words: readonly string[]): string {
  return [name, ...words.map(shellQuote)].join(" ");
}
