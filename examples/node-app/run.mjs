// Installs the packages of package-lock.json, then builds node-app.oci.tar. Options are passed on to oci-build.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { mustRun, runCommand, runScript } from "../../scripts/run-command.mjs";
import { cliPath } from "../../scripts/workspace.mjs";

const cwd = import.meta.dirname;

await runScript(async () => {
  if (!isInstalled()) await mustRun("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd });
  const args = [
    "build",
    "-t",
    "node-app:1.0.0",
    "--build-arg",
    "VERSION=1.0.0",
    ...process.argv.slice(2),
    ".",
  ];
  return await runCommand(process.execPath, [cliPath, ...args], { cwd });
});

/** npm notes in node_modules what it installed; older than the lock file, it is of another lock file. */
function isInstalled() {
  const note = join(cwd, "node_modules/.package-lock.json");
  return existsSync(note) && statSync(note).mtimeMs >= statSync(join(cwd, "package-lock.json")).mtimeMs;
}
