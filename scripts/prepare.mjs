import { join } from "node:path";
import { mustRun } from "./run-command.mjs";
import { packageManager, root } from "./workspace.mjs";

/** Installs all packages that the lock file names. npm alone is enough: npx fetches the pinned pnpm. */
export async function installPackages() {
  // Nobody can answer a question here: a node_modules of another pnpm is replaced without one.
  await mustRun("npx", [
    "--yes",
    packageManager,
    "install",
    "--frozen-lockfile",
    "--config.confirmModulesPurge=false",
  ]);
}

/** Compiles what changed since the last time. */
export async function compile() {
  await mustRun(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b"]);
}
