import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodePath } from "@oci-build/oci";
import type { Launch } from "./backend.js";
import type { ExecutorParts } from "./executor-parts.js";
import { filesTar } from "./files-tar.js";
import { formatFstab } from "./fstab.js";
import type { LinkGuard } from "./link-guard.js";
import type { MountView } from "./mount-view.js";
import { type OwnTerminal, ownTerminal } from "./own-terminal.js";
import {
  fstabName,
  type MountPhase,
  mountPhases,
  type PreludeOptions,
  prelude,
  preludeEnv,
} from "./prelude.js";
import type { PreparedFile } from "./prepared-file.js";
import { type RootMountParts, rootGuard, rootLine, rootMountFiles } from "./root-mount.js";
import { shellQuote } from "./shell-quote.js";
import type { SandboxStart } from "./start-sandbox.js";

/** What a command may fill in /dev, in memory, beside the files that are put there for it. */
const SIDE_BYTES = 1024 * 1024;

/** What a command line is made of. */
interface StartParts extends RootMountParts {
  readonly launch: Launch;
}

/** Writes what the mounts need, and gives the command line that makes them and then runs the command. */
export function startOptions(start: StartParts): SandboxStart {
  const { parts, home, command, place, plan, launch } = start;
  const { stdio, onStart, onOutput, signal } = command;
  const files = [...rootMountFiles(start), ...plan.files, ...launch.files];
  return {
    ...{ stdio, onStart, onOutput, signal },
    command: commandLine(start, sizeOf(files)),
    cwd: place.folder,
    env: preludeEnv(launch.programEnv, home.env),
    files: filesTar(ownersIn(parts, files)),
    pipes: home.pipes,
    inherited: home.inherited,
    stop: home.stop,
    mounts: place.mounts,
    group: home.pidsGroup,
  };
}

function commandLine(start: StartParts, filesBytes: number): SandboxStart["command"] {
  const { parts, home, command, place, plan, prepared, launch } = start;
  const { programs } = parts.facts;
  const guard = rootGuard(start);
  const phases = startPhases(start, guard);
  writeMountTables(place.folder, phases);
  const [script, ...args] = prelude({
    folder: place.folder,
    links: home.linksFolder,
    programs,
    launch,
    phases,
    guard,
    hostname: prepared.hostname,
    makeCwd: missingCwd(prepared.cwd, plan.view),
    sideBytes: SIDE_BYTES + filesBytes,
    inherited: home.inherited,
    pidsGroup: home.pidsGroup === undefined ? "none" : "entered",
    stdin: command.stdio === "captured" && launch.stdin !== undefined ? `<${shellQuote(launch.stdin)} ` : "",
  });
  const shell = [...home.shell, "-c", script, ...args] as const;
  // timeout only makes the process that is the first of the new pid namespace, and ends as that does, by a signal as well.
  // (`unshare --fork` would do, but for releases that turn every signal into exit status 1.)
  const terminal = terminalOf(start);
  const first =
    terminal?.session === "command"
      ? terminal.start(shell)
      : ([programs.timeout, "--foreground", "0", ...shell] as const);
  const unshare = [programs.unshare, ...namespaceOptions(launch), "--", ...first] as const;
  const line = parts.space.command(home.holder.command(programs.nsenter, unshare));
  return terminal?.session === "outside" ? terminal.start(line) : line;
}

/** For an inherited terminal, where the back end makes none itself. */
function terminalOf({ parts, command }: StartParts): OwnTerminal | undefined {
  if (command.stdio !== "inherited" || parts.backend.name !== "util-linux") return undefined;
  return ownTerminal({ space: parts.space, programs: parts.facts.programs, env: parts.env });
}

/** All mounts. A guard begins when the root is there. */
function startPhases(start: StartParts, guard: LinkGuard | undefined): readonly MountPhase[] {
  const { place, plan, launch } = start;
  const [root, others] = [rootLine(start), [...plan.lines, ...launch.mounts]];
  if (guard === undefined) return mountPhases([root, ...others], place.folder);
  return [{ makes: [], lines: [root], after: [guard.begin] }, ...mountPhases(others, place.folder)];
}

function writeMountTables(folder: string, phases: PreludeOptions["phases"]): void {
  for (const name of ["root", "side", "work"])
    mkdirSync(join(folder, name), { recursive: true, mode: 0o755 });
  for (const [index, phase] of phases.entries()) {
    writeFileSync(join(folder, fstabName(index)), encodePath(formatFstab(phase.lines)), { mode: 0o600 });
  }
}

function missingCwd(cwd: string, view: MountView): PreludeOptions["makeCwd"] {
  const path = cwd.slice(1);
  if (view.get(path) !== undefined || view.mountAt(path)?.access === "read-only") return undefined;
  const shared = view.sharedAbove(path);
  return { path: cwd, through: shared === undefined ? undefined : `/${shared}` };
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
