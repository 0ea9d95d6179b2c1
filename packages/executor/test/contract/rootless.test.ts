import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { childCommand, type HostVariant, variantProblem } from "../support/host-variants.js";
import { makeFolder, removeFolder } from "../support/temporary-folder.js";

const variants: readonly HostVariant[] = [
  "user with subordinate ids",
  "user without subordinate ids",
  "root that may not mount",
];

const TIMEOUT_MS = 300_000;

/** The contract once more, as those who are not root. */
describe("the contract of Executor", () => {
  for (const variant of variants) {
    const problem = variantProblem(variant);
    if (problem !== undefined) {
      it.skip(`holds for a ${variant} (${problem})`);
      continue;
    }
    it(`holds for a ${variant}`, { timeout: TIMEOUT_MS }, async () => {
      const folder = makeFolder();
      try {
        const [program, ...args] = childCommand(variant, { child: "run-contract", folder, args: [] });
        const env = { PATH: process.env["PATH"], HOME: folder, TMPDIR: folder, NO_COLOR: "1" };
        const { status, stdout } = spawnSync(program, args, { env, encoding: "utf8", timeout: TIMEOUT_MS });
        expect(status, stdout.slice(-20_000)).toBe(0);
        expect(stdout).toMatch(/Tests +.*\d+ passed/);
      } finally {
        await removeFolder(folder);
      }
    });
  }
});
