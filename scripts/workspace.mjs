// What every script knows about this repository.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

export const reportsFolder = join(root, "reports");

/** `pnpm@1.2.3`, as package.json pins it. */
export const packageManager = readJson(join(root, "package.json")).packageManager;

export const cliPath = join(root, "packages/oci-build/bin/oci-build.js");

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
