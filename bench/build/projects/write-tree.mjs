import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { planTree } from "./tree-plan.mjs";

/** Writes a generated tree into a folder.
 * @param {string} folder @param {import("./tree-plan.mjs").TreeRecipe} recipe */
export function writeTree(folder, recipe) {
  let last = "";
  for (const { path, bytes } of planTree(recipe)) {
    const absolute = join(folder, path);
    const parent = dirname(absolute);
    if (parent !== last) mkdirSync(parent, { recursive: true });
    last = parent;
    writeFileSync(absolute, bytes);
  }
}
