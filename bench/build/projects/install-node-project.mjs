import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../../../scripts/run-command.mjs";
import { makeOnce } from "./make-once.mjs";
import { writeTree } from "./write-tree.mjs";

const fixture = join(import.meta.dirname, "../../fixtures/node-project");
const sources = { files: 30, seed: 11, smallest: 200, largest: 8_000 };

/** A web application with its packages as npm installs them, 68,500 files and 511 MB on Linux.
 * @param {string} folder */
export function installNodeProject(folder) {
  const lock = readFileSync(join(fixture, "package-lock.json"), "utf8");
  // Some packages have files for one platform only.
  const recipe = JSON.stringify([process.platform, process.arch, sources, lock]);
  return makeOnce(folder, recipe, async (temporary) => {
    cpSync(fixture, temporary, { recursive: true });
    writeTree(join(temporary, "src"), sources);
    await npmCi(temporary);
  });
}

/** @param {string} folder With a package.json and its lock file. */
export async function npmCi(folder) {
  // No scripts: nothing of the packages runs here.
  await mustRun("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
  });
}
