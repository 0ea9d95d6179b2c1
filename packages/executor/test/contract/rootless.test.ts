import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { childCommand, type HostVariant, variantProblem } from "../support/host-variants.js";
import { makeFolder, removeFolder } from "../support/temporary-folder.js";

/** util-linux in each kind of mapping, and one of the runtimes, which do the same, in the most usual. */
const variants: readonly (readonly [variant: HostVariant, executors: string])[] = [
  ["user with subordinate ids", "util-linux crun"],
  ["user without subordinate ids", "util-linux"],
  ["root that may not mount", "util-linux"],
];

const contract = fileURLToPath(new URL("../children/run-contract.mjs", import.meta.url));

const TIMEOUT_MS = 600_000;

/** The contract once more, as those who are not root. */
describe("the contract of Executor", () => {
  for (const [variant, executors] of variants) {
    const problem = variantProblem(variant);
    if (problem !== undefined) {
      it.skip(`holds for a ${variant} (${problem})`);
      continue;
    }
    it(`holds for a ${variant}`, { timeout: TIMEOUT_MS }, async ({ signal }) => {
      const folder = makeFolder();
      try {
        const [program, ...args] = childCommand(variant, { child: contract, folder, args: [] });
        const env = {
          PATH: process.env["PATH"],
          HOME: folder,
          TMPDIR: folder,
          NO_COLOR: "1",
          OCI_BUILD_TEST_EXECUTORS: executors,
        };
        const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "inherit"], signal });
        const said = child.stdout.setEncoding("utf8").reduce((text, chunk: string) => text + chunk, "");
        const [status] = await once(child, "close");
        const report = await said;
        expect(status, report.slice(-20_000)).toBe(0);
        expect(report).toMatch(/Tests +.*\d+ passed/);
      } finally {
        await removeFolder(folder);
      }
    });
  }
});
