import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Compiles the workspace and bundles the command before any test runs, so that tests of the command never meet an
 * old build. */
export default function compile(): void {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const root = fileURLToPath(new URL("../..", import.meta.url));
  for (const program of [[tsc, "-b"], ["scripts/bundle-command.mjs"]]) {
    execFileSync(process.execPath, program, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  }
}
