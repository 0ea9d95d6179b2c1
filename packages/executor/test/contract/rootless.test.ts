import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { childCommand, type HostVariant, variantProblem } from "../support/host-variants.js";
import { makeFolder, removeFolder } from "../support/temporary-folder.js";

/** Each back end once in each kind of mapping that it has to do with. */
const variants: readonly (readonly [variant: HostVariant, executors: string])[] = [
  ["user with subordinate ids", "util-linux crun"],
  ["user without subordinate ids", "util-linux runc"],
  ["root that may not mount", "util-linux"],
];

const TIMEOUT_MS = 300_000;

/** The contract once more, as those who are not root. */
describe("the contract of Executor", () => {
  for (const [variant, executors] of variants) {
    const problem = variantProblem(variant);
    if (problem !== undefined) {
      it.skip(`holds for a ${variant} (${problem})`);
      continue;
    }
    it(`holds for a ${variant}`, { timeout: TIMEOUT_MS }, async () => {
      const folder = makeFolder();
      try {
        const [program, ...args] = childCommand(variant, { child: "run-contract", folder, args: [] });
        const env = {
          PATH: process.env["PATH"],
          HOME: folder,
          TMPDIR: folder,
          NO_COLOR: "1",
          OCI_BUILD_TEST_EXECUTORS: executors,
        };
        const { status, stdout } = spawnSync(program, args, { env, encoding: "utf8", timeout: TIMEOUT_MS });
        expect(status, stdout.slice(-20_000)).toBe(0);
        expect(stdout).toMatch(/Tests +.*\d+ passed/);
      } finally {
        await removeFolder(folder);
      }
    });
  }
});
