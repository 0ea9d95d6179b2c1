import type { Backend, BackendParts, Launch, PreparedCommand } from "../run/backend.js";
import { type HostMount, readHostMounts } from "../run/host-mounts.js";
import { deviceFiles } from "../runtime/device-folder.js";
import { sandboxCapabilities } from "../runtime/docker-defaults.js";
import type { HostPrograms } from "../space/host-facts.js";
import type { IdMapping } from "../space/id-space.js";
import { commandStart } from "./command-environment.js";
import { nullInput } from "./null-input.js";
import { sandboxMounts } from "./sandbox-mounts.js";

/** Isolates a command with nothing but what every Linux has: namespaces, mounts, capabilities and chroot. */
export class UtilLinuxBackend implements Backend {
  readonly name = "util-linux";
  readonly #programs: HostPrograms;
  readonly #mapping: IdMapping;
  #hostMounts: readonly HostMount[] | undefined;

  constructor({ space, facts }: BackendParts) {
    this.#programs = facts.programs;
    this.#mapping = space.mapping;
  }

  prepare(command: PreparedCommand): Launch {
    this.#hostMounts ??= readHostMounts();
    const host = {
      mapping: this.#mapping,
      hostMounts: this.#hostMounts,
      starter: this.#programs.unshare,
    };
    const input = nullInput(command);
    const start = commandStart(command);
    return {
      namespaces: command.network === "none" ? ["ipc", "uts", "net"] : ["ipc", "uts"],
      files: [...deviceFiles("side/dev"), ...input.files],
      mounts: [...input.mounts, ...sandboxMounts(command, host)],
      script: enterScript,
      scriptArgs: [this.#programs.mount, this.#programs.prlimit, ...limitOptions(command)],
      program: this.#program(command, start.args),
      programEnv: start.env,
      stdin: input.path,
    };
  }

  /** prlimit sets limits as late as may be, since they also bind whatever comes before the command; but who lost what root
   * may do raises none. setpriv takes that and gives the groups; unshare, which here unshares nothing, is the one program
   * that changes root, folder and user in one go, so that none of the image is needed for it.
   *
   * Differs: it starts a program as shells do, so one that is text without `#!` is run by the image's /bin/sh. */
  #program(command: PreparedCommand, args: readonly string[]): Launch["program"] {
    const { cwd, user, security } = command;
    const { prlimit, setpriv, unshare } = this.#programs;
    const capabilities = sandboxCapabilities.map((name) => `+${name.replace(/^CAP_/, "").toLowerCase()}`);
    const rights =
      security === "insecure"
        ? []
        : [`--bounding-set=${["-all", ...capabilities].join(",")}`, "--inh-caps=-all"];
    // Who has one id only can be in no other group, and leave none.
    const groups =
      this.#mapping === "single" ? [] : [`--regid=${user.gid}`, `--groups=${user.groups.join(",")}`];
    const identity = this.#mapping === "single" ? [] : [`--setuid=${user.uid}`];
    const enter = ["--root=.", `--wd=${cwd}`, ...identity, "--", ...args];
    const start: Launch["program"] =
      rights.length + groups.length === 0
        ? [unshare, ...enter]
        : [setpriv, ...rights, ...groups, "--", unshare, ...enter];
    return command.ulimits.length === 0 ? start : [prlimit, ...limitOptions(command), "--", ...start];
  }
}

/** $1 is mount(8), $2 prlimit(1), then its options, which are tried, since what it says later is the command's output.
 * From here on the root of this mount namespace is the image's; what was there lies under it, out of reach. */
const enterScript = `
m=$1 p=$2; shift 2
if [ $# -gt 0 ]; then "$p" "$@" -- "$p" --version >/dev/null 3>&- 5>&-; fi
"$m" -n --move . /
`;

/** As prlimit(1) takes them. */
function limitOptions({ ulimits }: PreparedCommand): readonly string[] {
  return ulimits.map(({ name, soft, hard }) => `--${name}=${limitOf(soft)}:${limitOf(hard)}`);
}

function limitOf(value: number): string {
  return value < 0 ? "unlimited" : String(value);
}
