import { execFileSync } from "node:child_process";
import { onTestFinished, type TestContext } from "vitest";
import { temporaryFolder } from "./temporary-folder.js";

/** A file system of its own, gone when the test ends. Where this process may not mount one, the test is skipped and
 * says so. */
export async function smallDisk(
  test: TestContext,
  options: { readonly sizeKiB: number },
): Promise<SmallDisk> {
  const folder = await temporaryFolder();
  const problem = run("mount", ["-t", "tmpfs", "-o", `size=${options.sizeKiB}k`, "tmpfs", folder]);
  if (problem !== undefined) test.skip(`needs a tmpfs mount of its own: ${problem}`);
  onTestFinished(() => {
    run("umount", ["-l", folder]);
  });
  return { folder, makeReadOnly: () => void run("mount", ["-o", "remount,ro", folder]) };
}

export interface SmallDisk {
  readonly folder: string;
  makeReadOnly(): void;
}

/** Undefined when the command did it. */
function run(command: string, args: readonly string[]): string | undefined {
  try {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.trim().split("\n").at(-1) ?? "failed";
  }
}
