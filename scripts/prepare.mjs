import { existsSync, readdirSync, rmSync } from "node:fs";
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

/** Compiles what changed since the last time, and bundles the command. */
export async function compile() {
  for (const name of readdirSync(join(root, "packages"))) removeOrphans(join(root, "packages", name));
  await mustRun(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b"]);
  await mustRun(process.execPath, [join(root, "scripts/bundle-command.mjs")]);
}

/** tsc leaves the output of a source that was renamed or deleted; it would be published. The bundle looks after its
 * own. */
function removeOrphans(folder) {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) return;
  for (const path of readdirSync(dist, { recursive: true })) {
    if (/^command\b/.test(path)) continue;
    const stem = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(path)?.[1];
    if (stem !== undefined && !existsSync(join(folder, "src", `${stem}.ts`))) rmSync(join(dist, path));
  }
}
