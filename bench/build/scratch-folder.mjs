import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const pattern = /^run-(?<pid>\d+)$/;

/** An empty folder for one run; what runs left behind that died is removed. @param {string} parent */
export function makeScratch(parent) {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = pattern.exec(name)?.groups?.["pid"];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
  const folder = join(parent, `run-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
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
