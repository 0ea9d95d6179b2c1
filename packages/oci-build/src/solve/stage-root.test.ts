import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Cache, StoredLayer } from "@oci-build/cache";
import { Volume } from "memfs";
import { describe, expect, it, onTestFinished } from "vitest";
import { build } from "../build.js";
import { withBuildSession } from "../build-session.js";
import { StepJournal } from "../explain/step-journal.js";
import type { BuildOptions } from "../options/build-options.js";
import { resolveOptions } from "../options/resolve-options.js";
import { prepareWithoutImages, readBuild } from "../prepare-build.js";
import { hostExecutors } from "./executor-source.js";
import { solvePlan } from "./solve-plan.js";

/** How often the trees of layers were looked into: by rows and by entries. */
interface TreeReads {
  rows: number;
  entries: number;
}

/** A cache that counts into `reads`. */
function counted(cache: Cache, reads: TreeReads): Cache {
  const countedLayer = (layer: StoredLayer): StoredLayer => ({
    ...layer,
    tree: {
      diffId: layer.diffId,
      get entries() {
        reads.entries += 1;
        return layer.tree.entries;
      },
      get rows() {
        reads.rows += 1;
        return layer.tree.rows;
      },
    },
  });
  return {
    ...cache,
    layer: async (blob) => {
      const layer = await cache.layer(blob);
      return layer === undefined ? undefined : countedLayer(layer);
    },
  };
}

/** Builds twice and counts what the second build, which changes nothing, reads of trees. */
async function readsOfRebuild(...lines: readonly string[]): Promise<TreeReads> {
  const cacheDir = await mkdtemp(path.join(os.tmpdir(), "oci-build-reads-"));
  onTestFinished(() => rm(cacheDir, { recursive: true, force: true }));
  const fs = Volume.fromJSON({ "/ctx/a": "a", "/ctx/lib/b": "b", "/ctx/lib/c": "c" });
  const options: BuildOptions = {
    context: { fs, root: "/ctx" },
    dockerfile: { text: `${lines.join("\n")}\n` },
    cacheDir,
    output: { type: "none" },
    env: {},
  };
  await build(options);
  const reads: TreeReads = { rows: 0, entries: 0 };
  const run = { emit: () => undefined, signal: undefined, executors: hostExecutors };
  const read = readBuild(resolveOptions(options), run.emit);
  const prepared = prepareWithoutImages(read, run.emit) ?? expect.unreachable();
  const journal = new StepJournal(prepared.steps);
  const begins = journal.begins.bind(journal);
  const target = await withBuildSession(read, run, async ({ solveContext }) => {
    const context = solveContext({ begins, keyed: () => undefined, lookedUp: undefined });
    return solvePlan(prepared.plan, { ...context, cache: counted(context.cache, reads) });
  });
  expect(target.steps.map(({ status }) => status)).not.toContain("executed");
  return reads;
}

describe("a build that changes nothing", () => {
  it.each([
    ["of one copy", ["FROM scratch", "COPY . /app/"], 0],
    ["of links alone", ["FROM scratch", "COPY . /app/", "COPY --link lib /b/", "COPY --link lib /c/"], 0],
    ["of settings behind a copy", ["FROM scratch", "COPY . /app/", "ENV A=b", "USER 1", "LABEL c=d"], 0],
    ["of two copies", ["FROM scratch", "COPY a /app/", "COPY . /app/"], 1],
    ["of two stages", ["FROM scratch AS one", "COPY . /app/", "FROM scratch", "COPY --from=one /app /b"], 1],
    [
      "that copies twice from one stage",
      [
        "FROM scratch AS one",
        "COPY . /a/",
        "FROM scratch",
        "COPY --from=one /a /b",
        "COPY --link --from=one /a /c",
      ],
      1,
    ],
  ])("%s reads the trees that it looks into once, and no entries", async (_, lines, rows) => {
    expect(await readsOfRebuild(...lines)).toEqual({ rows, entries: 0 });
  });
});
