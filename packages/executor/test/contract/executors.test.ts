import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, it } from "vitest";
import { openExecutor } from "../../src/index.js";
import { describeExecutor } from "./describe-executor.js";

/** What a back end needs to be looked at here; a list of lacks. */
function lacks(choice: string): readonly string[] {
  const isInstalled = (name: string): boolean =>
    spawnSync("sh", ["-c", `PATH=$PATH:/usr/sbin:/sbin command -v ${name}`]).status === 0;
  return [
    ...(process.platform === "linux" ? [] : ["Linux"]),
    ...(existsSync("/bin/busybox") ? [] : ["busybox-static"]),
    ...(choice === "util-linux" || isInstalled(choice) ? [] : [choice]),
  ];
}

const all = ["util-linux", "crun", "runc"] as const;
/** Those that a run is about, where it is not about all. */
const wanted = process.env["OCI_BUILD_TEST_EXECUTORS"]?.split(" ");

for (const choice of all.filter((name) => wanted?.includes(name) ?? true)) {
  const missing = lacks(choice);
  if (missing.length > 0) {
    describe.skip(`Executor: ${choice}`, () => it.todo(`needs ${missing.join(" and ")}`));
    continue;
  }
  describeExecutor(choice, (dir) => openExecutor({ choice, dir, steps: [], env: process.env }));
}
