// npm test [-- VITEST-ARGUMENTS]: installs, compiles and runs all tests. --full runs them in full size.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { installDebianPackages } from "./debian-packages.mjs";
import { compile, installPackages } from "./prepare.mjs";
import { runCommand, runScript } from "./run-command.mjs";
import { reportsFolder, root } from "./workspace.mjs";

const args = process.argv.slice(2);
const vitestArguments = args.filter((arg) => arg !== "--full");

await runScript(async () => {
  rmSync(join(reportsFolder, "tests.json"), { force: true });
  await installPackages();
  await installDebianPackages();
  await compile();
  return await runCommand(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=./scripts/totals-reporter.mjs",
      ...vitestArguments,
    ],
    {
      env: {
        ...(args.includes("--full") ? { OCI_BUILD_TEST_SIZE: "full" } : {}),
        // A filter skips what it does not name; only a whole run can ask every skip for its reason.
        ...(vitestArguments.length === 0 ? { OCI_BUILD_TEST_RUN: "whole" } : {}),
      },
    },
  );
});
