import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodePath } from "@oci-build/oci";
import { resolvePath, type Snapshot } from "@oci-build/snapshot";
import { executorError } from "../errors.js";
import type { ExecCommand, ExecStatus } from "../executor.js";
import { copyFolder } from "../fallback/copy-folder.js";
import { copyRoot } from "../fallback/copy-root.js";
import type { Launch, MountLine, PreparedCommand } from "./backend.js";
import { checkProgram } from "./check-program.js";
import { networkFiles } from "./etc-files.js";
import type { ExecutorHome } from "./executor-home.js";
import type { ExecutorParts } from "./executor-parts.js";
import { filesTar } from "./files-tar.js";
import { formatFstab } from "./fstab.js";
import { readHostMounts } from "./host-mounts.js";
import { lookInSpace } from "./look-on-disk.js";
import { type Lookup, type MountView, soleEntry } from "./mount-view.js";
import { overlayLine } from "./overlay-line.js";
import { ownTerminal } from "./own-terminal.js";
import { MountPlan, type MountSources } from "./plan-mounts.js";
import { fstabName, mountPhases, type PreludeOptions, prelude, preludeEnv } from "./prelude.js";
import type { PreparedFile } from "./prepared-file.js";
import { type ResolvedUser, resolveUser } from "./resolve-user.js";
import type { CopiedFiles, RootFiles } from "./root-files.js";
import { shellQuote } from "./shell-quote.js";
import { SocketProxy } from "./socket-proxy.js";
import { startSandbox } from "./start-sandbox.js";
import { mountInvalid } from "./stub-layer.js";

/** BuildKit's name for the machine: some packages write it into files. */
const HOSTNAME = "buildkitsandbox";
/** As Docker. */
const SHM_BYTES = 64 * 1024 * 1024;
/** What a command may fill in /dev, in memory, beside the files that are put there for it. */
const SIDE_BYTES = 1024 * 1024;

/** What a command runs on. */
export interface RunRoot {
  readonly files: RootFiles;
  readonly tree: Snapshot;
  /** The tree with what earlier commands have changed. */
  readonly view: Lookup;
}

/** Where a command's own files are. */
export interface RunPlace {
  readonly folder: string;
  /** How the folder of links names it, without the dots. */
  readonly name: string;
}

/** Runs one command to its end.
 * @throws OciBuildError; the reason of the signal when it is aborted */
export async function runCommand(
  { parts, home }: { readonly parts: ExecutorParts; readonly home: ExecutorHome },
  command: ExecCommand,
  root: RunRoot,
  place: RunPlace,
): Promise<ExecStatus> {
  const user = await resolveUser(command.user, root.tree);
  checkUser(user, command.user, parts);
  const proxies: SocketProxy[] = [];
  try {
    const plan = new MountPlan(root.view, {
      ...place,
      links: home.links,
      sources: sourcesOf(parts, command),
      mapping: parts.space.mapping,
      hostMounts: readHostMounts,
      look: lookInSpace({ space: parts.space, programs: parts.facts.programs, env: home.env }),
      proxySocket: async (mount) => {
        const proxy = await SocketProxy.open(mount, parts.space.mapping);
        proxies.push(proxy);
        return proxy.path;
      },
    });
    const prepared = await prepare(command, user, plan, place);
    const launch = parts.backend.prepare(prepared);
    const ended = await startSandbox({
      ...startOptions({ parts, home, command, root, place, plan, prepared, launch }),
      onStart: command.onStart,
      onOutput: command.onOutput,
    });
    return (await launch.status?.(ended)) ?? ended;
  } finally {
    await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
  }
}

async function prepare(
  command: ExecCommand,
  user: ResolvedUser,
  plan: MountPlan,
  { folder }: RunPlace,
): Promise<PreparedCommand> {
  const hostname = command.hostname ?? HOSTNAME;
  for (const target of ["/proc", "/dev", "/sys"]) plan.addTarget(target);
  // A folder of the command's own, in which what is to be mounted on can be made; else it is the host's.
  if (command.security === "sandbox") plan.view.add("dev", soleEntry("directory"));
  for (const mount of [...networkFiles(command, hostname), ...command.mounts]) await plan.add(mount);
  const env = command.env.has("HOME") ? command.env : new Map([...command.env, ["HOME", user.home]]);
  const cwd = resolvePath(plan.view, command.cwd, "follow-last");
  checkProgram(command.args[0], { env, cwd: command.cwd }, plan.view);
  return {
    folder,
    root: join(folder, "root"),
    side: join(folder, "side"),
    tree: plan.view,
    args: command.args,
    env,
    cwd: `/${cwd.path}`,
    user,
    mounts: plan.mounts,
    network: command.network === "none" ? "none" : "host",
    security: command.security,
    hostname,
    shmSizeBytes: command.shmSizeBytes ?? SHM_BYTES,
    ulimits: command.ulimits,
    stdio: command.stdio,
  };
}

interface StartParts {
  readonly parts: ExecutorParts;
  readonly home: ExecutorHome;
  readonly command: ExecCommand;
  readonly root: RunRoot;
  readonly place: RunPlace;
  readonly plan: MountPlan;
  readonly prepared: PreparedCommand;
  readonly launch: Launch;
}

/** Writes what the mounts need, and gives the command line that makes them and then runs the command. */
function startOptions(start: StartParts): Omit<Parameters<typeof startSandbox>[0], "onStart" | "onOutput"> {
  const { parts, home, command, place, plan, prepared, launch } = start;
  const { folder } = place;
  const { programs } = parts.facts;
  for (const name of ["root", "side", "work"])
    mkdirSync(join(folder, name), { recursive: true, mode: 0o755 });
  const phases = mountPhases([rootLine(start), ...plan.lines, ...launch.mounts], folder);
  for (const [index, phase] of phases.entries()) {
    writeFileSync(join(folder, fstabName(index)), encodePath(formatFstab(phase.lines)), { mode: 0o600 });
  }
  const files = [...startFiles(start), ...plan.files, ...launch.files];
  const [script, ...args] = prelude({
    folder,
    links: home.linksFolder,
    programs,
    launch,
    phases,
    hostname: prepared.hostname,
    makeCwd: missingCwd(prepared.cwd, plan.view),
    sideBytes: SIDE_BYTES + sizeOf(files),
    inherited: home.inherited,
    pidsGroup: home.pidsGroup?.folder,
    stdin: command.stdio === "captured" && launch.stdin !== undefined ? `<${shellQuote(launch.stdin)} ` : "",
  });
  const shell = [...home.shell, "-c", script, ...args] as const;
  // timeout only makes the process that is the first of the new pid namespace, and ends as that does, by a signal as well.
  // (`unshare --fork` would do, but for releases that turn every signal into exit status 1.)
  const first = [programs.timeout, "--foreground", "0", ...shell] as const;
  const unshare = [programs.unshare, ...namespaceOptions(launch), "--", ...first] as const;
  return {
    command: parts.space.command(home.holder.command(programs.nsenter, unshare)),
    cwd: folder,
    env: preludeEnv(launch.programEnv, home.env),
    files: filesTar(ownersIn(parts, files)),
    pipes: home.pipes,
    inherited: home.inherited,
    stop: home.stop,
    terminal:
      command.stdio === "inherited" && parts.backend.name === "util-linux"
        ? ownTerminal(parts.env)
        : undefined,
    stdio: command.stdio,
    signal: command.signal,
  };
}

function missingCwd(cwd: string, view: MountView): PreludeOptions["makeCwd"] {
  const path = cwd.slice(1);
  if (view.get(path) !== undefined) return undefined;
  const shared = view.sharedAbove(path);
  return { path: cwd, through: shared === undefined ? undefined : `/${shared}` };
}

function rootLine({ home, command, root, place, plan, prepared }: StartParts): MountLine {
  const { files } = root;
  const target = prepared.root;
  const flags = command.security === "insecure" ? [] : ["nodev"];
  if (files.kind === "copied") {
    return { type: "bind", source: files.folder, target, options: ["bind", ...flags] };
  }
  const stub = plan.stub.isEmpty ? [] : [`../${place.name}/stub`];
  const lowers = [...stub, ...files.lowers];
  return overlayLine({
    target,
    lowers: lowers.length === 0 ? [home.links.empty[0]] : lowers,
    upper: { upper: files.upper, work: `../${place.name}/work` },
    facts: files.overlay,
    flags,
  });
}

/** The upper directory shows as the root's own, so a new one has what the root has. */
function startFiles({ root, place, plan }: StartParts): readonly PreparedFile[] {
  const { files } = root;
  if (files.kind === "copied") return stubsInCopy(files, plan, place);
  if (files.upper !== `../${place.name}/upper`) return plan.stub.files("stub");
  const own = root.view.get("");
  const upper: PreparedFile = {
    type: "directory",
    path: "upper",
    mode: own?.mode ?? 0o755,
    uid: own?.uid,
    gid: own?.gid,
    mtimeSec: own?.mtimeSec,
    xattrs: own?.xattrs,
  };
  return [upper, ...plan.stub.files("stub")];
}

/** A command that enters the root of another finds the stubs of that one. */
function stubsInCopy(
  { folder, stubs }: CopiedFiles,
  plan: MountPlan,
  place: RunPlace,
): readonly PreparedFile[] {
  if (folder !== join(place.folder, "root")) {
    const [gone] = plan.stub.paths;
    if (gone !== undefined) throw mountInvalid(`/${gone}`, "the command took away what was there");
    return [];
  }
  for (const path of plan.stub.paths) stubs.add(path);
  return plan.stub.files("root");
}

function namespaceOptions({ namespaces }: Launch): readonly string[] {
  const own = namespaces.map((name) => `--${name}`);
  return ["--mount", "--pid", "--propagation=private", ...own];
}

/** With one id all is root's. */
function ownersIn({ space }: ExecutorParts, files: readonly PreparedFile[]): readonly PreparedFile[] {
  return space.mapping === "single" ? files.map((file) => ({ ...file, uid: 0, gid: 0 })) : files;
}

function sizeOf(files: readonly PreparedFile[]): number {
  // Whole pages are taken, and one for what a name costs.
  return files.reduce((sum, file) => sum + 8192 + (file.type === "file" ? file.content.length : 0), 0);
}

function sourcesOf({ layers, facts, space }: ExecutorParts, { signal }: ExecCommand): MountSources {
  const { overlay, programs } = facts;
  if (overlay !== undefined) {
    return { kind: "stacked", overlay, folders: (root) => layers.folders(root, signal) };
  }
  return {
    kind: "copied",
    copyTree: (tree, folder) => copyRoot({ tree, folder, space, tar: programs.tar, signal }),
    copyFolder: (from, to) => copyFolder({ from, to, space, programs, signal }),
  };
}

function checkUser({ uid, gid, groups }: ResolvedUser, user: string, { space }: ExecutorParts): void {
  if (space.mapping === "single") {
    if (uid === 0 && gid === 0) return;
    const hint = "Give this user subordinate ids in /etc/subuid and /etc/subgid, and install newuidmap.";
    throw userUnknown(user, "only root is to be had here", hint);
  }
  const group = [gid, ...groups].find((id) => !space.hasId("group", id));
  if (group === undefined && space.hasId("user", uid)) return;
  const lacking = group === undefined ? `user id ${uid}` : `group id ${group}`;
  const hint =
    "Give this user more subordinate ids in /etc/subuid and /etc/subgid, or choose a smaller number.";
  throw userUnknown(user, `there is no ${lacking} among the ids that are to be had here`, hint);
}

function userUnknown(user: string, problem: string, hint: string): Error {
  return executorError("EXECUTOR_USER_UNKNOWN", {
    message: `cannot run as user ${JSON.stringify(user)}: ${problem}`,
    data: { user, problem },
    hint,
  });
}
