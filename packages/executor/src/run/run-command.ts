import { join } from "node:path";
import { resolvePath } from "@oci-build/snapshot";
import type { ExecCommand, ExecStatus } from "../executor.js";
import { copyFolder } from "../fallback/copy-folder.js";
import { copyRoot } from "../fallback/copy-root.js";
import type { PreparedCommand } from "./backend.js";
import { checkProgram } from "./check-program.js";
import { checkUser } from "./check-user.js";
import { CommandSocket } from "./command-socket.js";
import { networkFiles } from "./etc-files.js";
import type { ExecutorHome } from "./executor-home.js";
import type { ExecutorParts } from "./executor-parts.js";
import { readHostMounts } from "./host-mounts.js";
import { lookInSpace } from "./look-on-disk.js";
import type { MountSources } from "./mount-context.js";
import { MountPlan } from "./plan-mounts.js";
import { type ResolvedUser, resolveUser } from "./resolve-user.js";
import type { RunPlace, RunRoot } from "./root-files.js";
import { startOptions } from "./start-options.js";
import { startSandbox } from "./start-sandbox.js";

/** BuildKit's name for the machine: some packages write it into files. */
const HOSTNAME = "buildkitsandbox";
/** As Docker. */
const SHM_BYTES = 64 * 1024 * 1024;

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
  const sockets: CommandSocket[] = [];
  try {
    const plan = new MountPlan(root.view, {
      ...place,
      links: home.links,
      sources: sourcesOf(parts, command),
      mapping: parts.space.mapping,
      hostMounts: readHostMounts,
      look: lookInSpace({ space: parts.space, programs: parts.facts.programs, env: home.env }),
      openSocket: async (mount) => {
        const socket = await CommandSocket.open(mount, parts.space.mapping);
        sockets.push(socket);
        return socket.path;
      },
    });
    const prepared = { ...(await prepare(command, user, plan, place)), content: root.content };
    const launch = parts.backend.prepare(prepared);
    const start = startOptions({ parts, home, command, root, place, plan, prepared, launch });
    const ended = await startSandbox(start);
    return (await launch.status?.(ended)) ?? ended;
  } finally {
    await Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]()));
  }
}

async function prepare(
  command: ExecCommand,
  user: ResolvedUser,
  plan: MountPlan,
  { folder }: RunPlace,
): Promise<Omit<PreparedCommand, "content">> {
  const hostname = command.hostname ?? HOSTNAME;
  plan.addSystem(command.security);
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
