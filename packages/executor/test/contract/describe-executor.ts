import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe } from "vitest";
import type { Executor, RootFileSystem } from "../../src/executor.js";
import type { IdMapping } from "../../src/space/id-space.js";
import { makeFolder, removeFolder } from "../support/temporary-folder.js";
import { baseLayer, testRoot } from "../support/test-root.js";
import { describeChanges } from "./describe-changes.js";
import { describeCommand } from "./describe-command.js";
import { describeEnds } from "./describe-ends.js";
import { describeHostile } from "./describe-hostile.js";
import { describeKernelPaths } from "./describe-kernel-paths.js";
import { describeMounts } from "./describe-mounts.js";
import { describeSwaps } from "./describe-swaps.js";
import { describeUser } from "./describe-user.js";
import type { GetSubject, Subject } from "./subject.js";

/** What all executors keep. */
const allParts = [
  describeCommand,
  describeUser,
  describeMounts,
  describeChanges,
  describeHostile,
  describeKernelPaths,
  describeSwaps,
  describeEnds,
] as const;

/** The contract of `Executor`, or parts of it. `open` gives one over a folder, which it may share with others. */
export function describeExecutor(
  name: string,
  open: (dir: string) => Promise<Executor>,
  parts: readonly ((subject: GetSubject) => void)[] = allParts,
): void {
  describe(`Executor: ${name}`, () => {
    const opened: { subject?: Subject; folder: string } = { folder: "" };

    beforeAll(async () => {
      opened.folder = makeFolder();
      const dir = `${opened.folder}/executor`;
      const root: RootFileSystem = await testRoot(baseLayer());
      const executor = await open(dir);
      opened.subject = { executor, open: () => open(dir), dir, mapping: mappingOf(executor), root };
    });

    afterAll(async () => {
      await opened.subject?.executor[Symbol.asyncDispose]();
      await removeFolder(opened.folder);
    });

    const subject = (): Subject => {
      if (opened.subject === undefined) throw new Error("the executor could not be opened");
      return opened.subject;
    };
    for (const describePart of parts) describePart(subject);
  });
}

const CAP_SYS_ADMIN = 21n;

function mappingOf({ fidelity }: Executor): IdMapping {
  if (fidelity === "single-id") return "single";
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return (BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) % 2n === 1n ? "root" : "subordinate";
}
