import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const pattern = /^run-(?<pid>\d+)$/;

/** An empty folder for one run; what runs left behind that died is removed. @param {string} parent */
export function makeScratch(parent) {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = pattern.exec(name)?.groups?.["pid"];
    if (pid !== undefined && !isAlive(Number(pid))) removeScratch(join(parent, name));
  }
  const folder = join(parent, `run-${process.pid}`);
  removeScratch(folder);
  mkdirSync(folder);
  return folder;
}

/** Removes such a folder. A builder that was ended or failed may have left mounts in it, and a process that was just
 * ended may still make its last file. @param {string} folder */
export function removeScratch(folder) {
  for (const place of mountsBelow(folder)) spawnSync("umount", [place]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/** The innermost first. @param {string} folder */
function mountsBelow(folder) {
  const file = "/proc/self/mounts";
  if (!existsSync(file)) return [];
  const places = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  return places.filter((place) => place.startsWith(`${folder}/`)).reverse();
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's is alive, too.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
