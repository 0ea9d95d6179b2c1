import { execFileSync, spawnSync } from "node:child_process";

/** True when a program is on PATH. */
export function hasTool(name: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
}

/** Runs a program and gives what it wrote; its errors are in the exception. */
export function runTool(name: string, args: readonly string[], cwd?: string): string {
  return execFileSync(name, args, { encoding: "utf8", cwd, stdio: ["ignore", "pipe", "pipe"] });
}
