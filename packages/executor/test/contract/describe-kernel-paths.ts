import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { ExecMount } from "../../src/executor.js";
import {
  bindMount,
  endingOf,
  fileMount,
  onTheWay,
  temporaryFolder,
  trap,
} from "../support/hostile-mounts.js";
import { outputOf, run, shell } from "../support/run-request.js";
import { linesLayer, programsLayer, testRoot } from "../support/test-root.js";
import type { GetSubject } from "./subject.js";

/** Of stat(1), as `%F:%t:%T`. */
const NULL_DEVICE = "character special file:1:3\n";

/** Mounts and folders in what the kernel alone knows: /proc, whose links lead out of every root, and /dev. */
export function describeKernelPaths(subject: GetSubject): void {
  describe("a path that leads into /proc", () => {
    it.each(["/proc/self/root", "/proc/1/root", "/way", "/dev/fd/../../proc/self/root"])(
      "is no way for a mount to the host's programs: %s",
      async (way) => {
        const { executor } = subject();
        const sentinel = path.join(temporaryFolder(), "sentinel");
        const root = await testRoot(programsLayer(), linesLayer("link way -> /proc/self/root"));
        const mounts = [fileMount(way + onTheWay, trap(sentinel))];
        expect(await endingOf(run(executor, shell(root, "true", { mounts })))).toBe("EXECUTOR_MOUNT_INVALID");
        expect(existsSync(sentinel)).toBe(false);
      },
    );

    it("is no way for a working folder to the host", async () => {
      const { executor, root } = subject();
      const folder = temporaryFolder();
      await endingOf(run(executor, shell(root, "true", { cwd: `/proc/self/root${folder}/made` })));
      expect(existsSync(path.join(folder, "made"))).toBe(false);
    });
  });

  describe("a link in what is mounted at /dev", () => {
    it("is not followed to what the command reads from", async () => {
      const { executor, root } = subject();
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, "secret"), "hidden");
      const devices = await testRoot(linesLayer("link null -> /"));
      const source = { kind: "layers", root: devices, path: "/" } as const;
      const mounts: readonly ExecMount[] = [{ kind: "bind", target: "/dev", source, writes: "discarded" }];
      const line = `stat -L -c %F:%t:%T /proc/self/fd/0; cat; cat /proc/self/fd/0${folder}/secret`;
      const asked = shell(root, line, { mounts });
      const { stdout } = await run(executor, asked).catch(() => ({ stdout: "refused" }));
      expect(executor.name === "util-linux" ? [NULL_DEVICE] : [NULL_DEVICE, "refused"]).toContain(stdout);
    });

    it("nor is what is mounted at the device itself", async (context) => {
      const { executor, root } = subject();
      context.skip(executor.name !== "util-linux", "the runtimes open what is at /dev/null, inside");
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, "null"), "text");
      const mounts = [bindMount("/dev/null", folder, "/null")];
      const asked = shell(root, "stat -L -c %F:%t:%T /proc/self/fd/0; cat", { mounts });
      expect(await outputOf(executor, asked)).toBe(NULL_DEVICE);
    });
  });
}
