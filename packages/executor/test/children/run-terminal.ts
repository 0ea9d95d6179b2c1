// Opens an executor over a folder and gives a shell line this process's own terminal; ends with the line's status.
import type { Executor } from "../../src/executor.js";
import { openExecutor } from "../../src/index.js";
import { shell } from "../support/run-request.js";
import { baseLayer, testRoot } from "../support/test-root.js";

const [, , choice = "", dir = "", line = ""] = process.argv;
await using executor = await openExecutor({
  choice: choice as Executor["name"],
  dir,
  steps: [],
  env: process.env,
});
const asked = shell(await testRoot(baseLayer()), line, { stdio: "inherited" });
await using result = await executor.run(asked);
process.exitCode = result.status.kind === "exited" ? result.status.exitCode : 1;
