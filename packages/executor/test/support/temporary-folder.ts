import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** A new folder, whose way leads through no link. The caller removes it. */
export function makeFolder(): string {
  return realpathSync(mkdtempSync(path.join(os.tmpdir(), "oci-build-executor-")));
}

/** Removes a folder, also where files in it belong to subordinate ids. */
export async function removeFolder(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    const space = ["--user", "--map-root-user", "--map-auto"];
    const { status } = spawnSync("unshare", [...space, "rm", "-rf", folder], { stdio: "ignore" });
    if (status !== 0)
      spawnSync("unshare", ["--user", "--map-root-user", "rm", "-rf", folder], { stdio: "ignore" });
  }
  await fs.rm(folder, { recursive: true, force: true });
}
