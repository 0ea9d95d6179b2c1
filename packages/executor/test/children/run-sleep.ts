// Opens an executor over a folder and runs a shell that sleeps, until it is killed.
import type { Executor } from "../../src/executor.js";
import { openExecutor } from "../../src/index.js";
import { shell } from "../support/run-request.js";
import { baseLayer, testRoot } from "../support/test-root.js";

const [, , choice = "", dir = "", seconds = ""] = process.argv;
const executor = await openExecutor({ choice: choice as Executor["name"], dir, steps: [], env: process.env });
await executor.run(shell(await testRoot(baseLayer()), `echo x >/x; sleep ${seconds}`));
