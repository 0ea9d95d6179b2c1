import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import type { HostPrograms } from "./host-facts.js";

/** Where the programs of administrators lie, which normal users often lack on their PATH. */
const ADMINISTRATOR_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"] as const;

const REQUIRED: { readonly [Name in keyof HostPrograms]: true } = {
  unshare: true,
  nsenter: true,
  setpriv: true,
  mount: true,
  prlimit: true,
  tar: true,
  sh: true,
  chroot: true,
  mkdir: true,
  mkfifo: true,
  rm: true,
  cp: true,
  timeout: true,
};

/** The folders that programs of the host are looked up in. Relative ones of PATH name other programs in each working
 * folder, so they do not count. */
export function programFolders(env: NodeJS.ProcessEnv): readonly string[] {
  const own = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return [...new Set([...own, ...ADMINISTRATOR_FOLDERS])];
}

/** The environment of every program that is started on the host's side: nothing of the caller's but where programs are.
 * Newer mounts otherwise cut long lists of layers. */
export function programEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH: programFolders(env).join(delimiter), LC_ALL: "C", LIBMOUNT_FORCE_MOUNT2: "always" };
}

/** The absolute path of a program, or undefined. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return programFolders(env)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/** The programs that an executor starts, and the names of those that are not there. */
export function findPrograms(env: NodeJS.ProcessEnv): { programs: HostPrograms; missing: readonly string[] } {
  const names = Object.keys(REQUIRED) as (keyof HostPrograms)[];
  const found = names.map((name) => [name, findProgram(name, env) ?? ""] as const);
  const missing = found.filter(([, path]) => path === "").map(([name]) => name);
  return { programs: Object.fromEntries(found) as Record<keyof HostPrograms, string>, missing };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}
