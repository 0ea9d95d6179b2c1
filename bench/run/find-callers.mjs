import { execFileSync, spawnSync } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandFailed } from "../../scripts/run-command.mjs";
import { makeScratch, removeScratch } from "../build/scratch-folder.mjs";

/** @typedef {import("../build/measure/time-command.mjs").Command} Command */
/** @typedef {import("./base/make-bases.mjs").Bases} Bases */

/** Somebody who builds. Both folders are empty and that user's own; `memory` lies on a tmpfs where there is one.
 * @typedef {object} Caller
 * @property {"root" | "user"} kind
 * @property {string} folder
 * @property {string} memory
 * @property {Bases} bases That this user can read.
 * @property {(command: Command) => Command} as The same command as this user. */

const MEMORY_FOLDER = "/dev/shm";
const command = join(import.meta.dirname, "../../packages/oci-build/bin/oci-build.js");

/** Who can build here: who runs the benchmark and, where that is root, a user with subordinate ids, too.
 * @param {{ readonly scratch: string, readonly bases: Bases, readonly add: (step: () => void) => void }} place
 * @returns {{ readonly callers: readonly Caller[], readonly problems: readonly string[] }} */
export function findCallers({ scratch, bases, add }) {
  const isRoot = process.getuid?.() === 0;
  const own = join(scratch, "own");
  mkdirSync(own);
  /** @type {Caller} */
  const caller = {
    kind: isRoot ? "root" : "user",
    folder: own,
    memory: memoryFolder("own", add) ?? own,
    bases,
    as: (command) => command,
  };
  if (!isRoot) return { callers: [caller], problems: ["as root: not run: this is a normal user"] };
  const user = userWithIds();
  if (user === undefined) {
    const why = "no user has lines in /etc/subuid and /etc/subgid";
    return { callers: [caller], problems: [`as a normal user: not run: ${why}`] };
  }
  const other = otherCaller(user, bases, add);
  if ("problem" in other) return { callers: [caller], problems: [other.problem] };
  return { callers: [caller, other], problems: [] };
}

/** The first user, not root, who has both kinds of ids. @returns {string | undefined} */
function userWithIds() {
  const [users, groups] = ["/etc/subuid", "/etc/subgid"].map((file) =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .split("\n")
          .flatMap((line) => line.split(":")[0] ?? [])
      : [],
  );
  return users?.find(
    (name) => /^[a-z_][\w-]*$/.test(name) && name !== "root" && groups?.includes(name) && exists(name),
  );
}

/** @param {string} user */
function exists(user) {
  return spawnSync("id", ["-u", user]).status === 0;
}

/** @param {string} user @param {Bases} bases @param {(step: () => void) => void} add
 * @returns {Caller | { readonly problem: string }} */
function otherCaller(user, bases, add) {
  const [uid = 0, gid = 0] = ["-u", "-g"].map((flag) =>
    Number(execFileSync("id", [flag, user], { encoding: "utf8" })),
  );
  // Other users cannot enter root's own folders.
  const home = scratchBelow(join(tmpdir(), sharedName("home")), add);
  const memory = memoryFolder("user", add) ?? home;
  for (const folder of [home, memory]) chownSync(folder, uid, gid);
  const prefix = ["--reuid", String(uid), "--regid", String(gid), "--init-groups", "--"];
  /** @type {Caller["as"]} */
  const as = ({ file, args, env }) => ({
    file: "setpriv",
    args: [...prefix, file, ...args],
    env: { ...env, HOME: home, TMPDIR: home, XDG_CACHE_HOME: home, XDG_RUNTIME_DIR: home },
    cwd: home,
  });
  const probe = as({ file: process.execPath, args: [command, "--version"] });
  const { status } = spawnSync(probe.file, probe.args, { env: { ...process.env, ...probe.env }, cwd: home });
  if (status !== 0) return { problem: `as a normal user: not run: ${user} cannot read this checkout` };
  return { kind: "user", folder: home, memory, as, bases: copiedBases(bases, join(home, "bases")) };
}

/** @param {Bases} bases @param {string} folder @returns {Bases} */
function copiedBases(bases, folder) {
  const copied = Object.entries(bases).map(([name, base]) => {
    const layout = join(folder, name);
    cpSync(base.layout, layout, { recursive: true });
    return /** @type {const} */ ([name, { ...base, layout }]);
  });
  return /** @type {Bases} */ (Object.fromEntries(copied));
}

/** @param {string} name @param {(step: () => void) => void} add @returns {string | undefined} */
function memoryFolder(name, add) {
  const { status, stdout } = spawnSync("df", ["--output=fstype", MEMORY_FOLDER], { encoding: "utf8" });
  const isMemory = status === 0 && /^tmpfs$/m.test(stdout);
  return isMemory ? scratchBelow(join(MEMORY_FOLDER, sharedName(name)), add) : undefined;
}

/** In folders that all users write to each who runs the benchmark has another one. @param {string} name */
function sharedName(name) {
  return `oci-build-bench-${process.getuid?.() ?? 0}-${name}`;
}

/** @param {string} parent @param {(step: () => void) => void} add */
function scratchBelow(parent, add) {
  mkdirSync(parent, { recursive: true });
  // Nobody else shall lead us elsewhere.
  const stat = lstatSync(parent);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.())
    throw new CommandFailed(`${parent} is not a folder of this user: remove it`);
  const folder = makeScratch(parent);
  add(() => {
    removeScratch(folder);
    if (readdirSync(parent).length === 0) rmdirSync(parent);
  });
  return folder;
}
