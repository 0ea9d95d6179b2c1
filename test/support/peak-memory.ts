import fs from "node:fs";
import path from "node:path";
import { type CommandOptions, type CommandResult, runOciBuild } from "./run-command.js";

/** Written by the process itself as it ends. The kernel's own count for a child begins with what its parent had when it
 * was forked; this one begins with the program. */
const PRELOAD = `process.on("exit", () => {
  const fs = require("node:fs");
  const [, kib] = /VmHWM:\\s*(\\d+) kB/.exec(fs.readFileSync("/proc/self/status", "utf8")) ?? [];
  fs.writeFileSync(process.env.PEAK_FILE, String(kib));
});`;

/** Where the memory of a process can be measured. */
export const hasPeakMemory: boolean = process.platform === "linux";

/** Runs `oci-build`, and gives the most memory that it had, in bytes. `folder` is for files of this alone. */
export async function peakMemory(
  args: readonly string[],
  { folder, ...options }: CommandOptions & { readonly folder: string },
): Promise<CommandResult & { readonly peakBytes: number }> {
  const preload = path.join(folder, "peak.cjs");
  const file = path.join(folder, "peak");
  fs.writeFileSync(preload, PRELOAD);
  const env = { ...options.env, NODE_OPTIONS: `--require=${preload}`, PEAK_FILE: file };
  const result = await runOciBuild(args, { ...options, env });
  return { ...result, peakBytes: Number(fs.readFileSync(file, "utf8")) * 1024 };
}
