import { afterAll, beforeAll, describe } from "vitest";
import type { Executor, RootFileSystem } from "../../src/executor.js";
import type { IdMapping } from "../../src/space/id-space.js";
import { makeFolder, removeFolder } from "../support/temporary-folder.js";
import { baseLayer, testRoot } from "../support/test-root.js";
import { describeChanges } from "./describe-changes.js";
import { describeCommand } from "./describe-command.js";
import { describeEnds } from "./describe-ends.js";
import { describeHostile } from "./describe-hostile.js";
import { describeMounts } from "./describe-mounts.js";
import { describeUser } from "./describe-user.js";
import type { Subject } from "./subject.js";

/** The contract of `Executor`. `open` gives one over a folder, which it may share with others. */
export function describeExecutor(name: string, open: (dir: string) => Promise<Executor>): void {
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
    describeCommand(subject);
    describeUser(subject);
    describeMounts(subject);
    describeChanges(subject);
    describeHostile(subject);
    describeEnds(subject);
  });
}

function mappingOf({ fidelity }: Executor): IdMapping {
  if (fidelity === "single-id") return "single";
  return process.getuid?.() === 0 ? "root" : "subordinate";
}
