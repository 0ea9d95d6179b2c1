import { copyFileSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const packages = join(import.meta.dirname, "../../../node_modules/.pnpm");
/** Of larger ones a later layer could take parts over from an earlier one. */
const MAX_BYTES = 256 * 1024;

/** Copies files of the installed packages, as many as there are up to a number, spread over all of them.
 * @param {string} folder @param {number} count */
export function copyPackages(folder, count) {
  const paths = readdirSync(packages, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => statSync(path).size < MAX_BYTES)
    .sort();
  const chosen = Math.min(count, paths.length);
  for (let index = 0; index < chosen; index += 1) {
    const path = paths[Math.floor((index * paths.length) / chosen)] ?? "";
    const copy = join(folder, path.slice(packages.length));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(path, copy);
  }
}
