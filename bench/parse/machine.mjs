import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

/** What figures depend on.
 * @returns {{ commit: string, node: string, cpu: string, cores: number, date: string }} */
export function describeMachine() {
  const git = spawnSync("git", ["describe", "--always", "--dirty", "--abbrev=12"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return {
    commit: git.status === 0 ? git.stdout.trim() : "unknown",
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    date: new Date().toISOString(),
  };
}
