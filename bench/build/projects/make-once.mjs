import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname } from "node:path";

/** A folder that is made only when it is not there, or was made from something else. It appears whole or not at all.
 * @param {string} folder
 * @param {string} recipe What it is made from; another recipe makes it anew.
 * @param {(temporary: string) => void | Promise<void>} make
 * @returns {Promise<"made" | "found">} */
export async function makeOnce(folder, recipe, make) {
  const stamp = `${folder}.recipe`;
  if (existsSync(folder) && existsSync(stamp) && readFileSync(stamp, "utf8") === recipe) return "found";
  const temporary = `${folder}.${process.pid}.tmp`;
  rmSync(stamp, { force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(temporary);
    await make(temporary);
    await rename(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  writeFileSync(stamp, recipe);
  return "made";
}
