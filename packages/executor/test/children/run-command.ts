// Runs shell lines on the tests' root through an executor, and writes what came of it as JSON.
import { isOciBuildError } from "@oci-build/oci";
import type { ExecutorChoice, ExecutorWarning } from "../../src/executor-options.js";
import { checkExecutor, openExecutor } from "../../src/open-executor.js";
import { run, shell } from "../support/run-request.js";
import { baseLayer, programsLayer, testRoot } from "../support/test-root.js";

const [, , choice = "auto", dir = "", ...lines] = process.argv;
const warnings: ExecutorWarning[] = [];
const options = {
  choice: choice as ExecutorChoice,
  dir,
  steps: [{ line: 1, text: "RUN true" }],
  env: process.env,
  onWarning: (warning: ExecutorWarning) => void warnings.push(warning),
};
try {
  const ability = await checkExecutor(options);
  await using executor = await openExecutor(options);
  const root = await testRoot(programsLayer(), baseLayer());
  const ran: unknown[] = [];
  for (const line of lines) ran.push(await run(executor, shell(root, line)));
  process.stdout.write(JSON.stringify({ ability, warnings, ran }));
} catch (error) {
  if (!isOciBuildError(error)) throw error;
  process.stdout.write(JSON.stringify({ error: error.toJSON() }));
}
