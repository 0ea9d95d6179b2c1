import { existsSync } from "node:fs";
import { describe, it } from "vitest";
import type { Executor } from "../../src/executor.js";
import { LocalExecutor } from "../../src/run/local-executor.js";
import { openHost } from "../../src/space/open-host.js";
import { UnpackedLayers } from "../../src/unpack/unpacked-layers.js";
import { UtilLinuxBackend } from "../../src/util-linux/util-linux-backend.js";
import { isRoot } from "../support/test-space.js";
import { describeChanges } from "./describe-changes.js";
import { describeExecutor } from "./describe-executor.js";
import { describeKernelPaths } from "./describe-kernel-paths.js";
import { describeMounts } from "./describe-mounts.js";
import { describeSwaps } from "./describe-swaps.js";

/** An executor on a host whose overlayfs cannot be used, as far as it knows. */
async function openWithoutOverlay(dir: string): Promise<Executor> {
  const env = process.env;
  const host = await openHost({ dir, env });
  if (host.obstacle !== undefined) throw new Error(host.obstacle.kind);
  const { space } = host;
  const facts = { ...host.facts, overlay: undefined };
  const layers = new UnpackedLayers({ dir, space, programs: facts.programs, overlayXattrs: "user" });
  const backend = new UtilLinuxBackend({ space, facts });
  return new LocalExecutor({ space, fidelity: "full", layers, facts, backend, dir, env });
}

const name = "util-linux without overlayfs";

if (isRoot && existsSync("/bin/busybox")) {
  describeExecutor(name, openWithoutOverlay, [
    describeMounts,
    describeKernelPaths,
    describeSwaps,
    describeChanges,
  ]);
} else {
  describe.skip(`Executor: ${name}`, () => it.todo("needs root and busybox-static"));
}
