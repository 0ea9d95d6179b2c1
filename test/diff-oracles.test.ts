import fs from "node:fs";
import path from "node:path";
import type { LayerEntry } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffSnapshots } from "../packages/snapshot/src/index.js";
import { writeTree } from "../packages/snapshot/src/testing/write-tree.js";
import { temporaryFolder } from "./support/build-folder.js";
import {
  overlayFolders,
  overlayObstacle,
  throughOverlay,
  upperEntries,
} from "./support/diff-oracles/overlay.js";
import { changes, copied, entryLine, scanned } from "./support/diff-oracles/scanned-tree.js";
import { applyEdit, treeEdits, treeLinesToEdit } from "./support/diff-oracles/tree-edits.js";

const isFull = process.env["OCI_BUILD_TEST_SIZE"] === "full";
const CASES = isFull ? 500 : 40;
const SEED = 20_261_121;
const MINUTE_MS = 60_000;

const base = temporaryFolder();
const obstacle = await overlayObstacle(path.join(base, "probe"));
let count = 0;

/** Whether the upper directory says the same; it may say more, such as directories that were only opened for writing. */
function isInUpper(entry: LayerEntry, upper: readonly LayerEntry[]): boolean {
  if (entry.type !== "whiteout")
    return upper.some(({ type, path: at }) => at === entry.path && type !== "whiteout" && type !== "opaque");
  return upper.some(
    ({ type, path: at }) =>
      (type === "whiteout" && at === entry.path) || (type === "opaque" && entry.path.startsWith(`${at}/`)),
  );
}

describe(`${CASES} generated edits through overlayfs, seed ${SEED}`, () => {
  it("are in our change set as they are in the upper directory", { timeout: 5 * MINUTE_MS }, async ({
    skip,
  }) => {
    skip(obstacle !== undefined, obstacle);
    await fc.assert(
      fc.asyncProperty(treeLinesToEdit, treeEdits, async (lines, edits) => {
        count += 1;
        const folder = path.join(base, String(count));
        const folders = overlayFolders(folder);
        writeTree(fs, folders.lower, ...lines);
        const before = await copied(await scanned(folders.lower));
        const after = await throughOverlay(folders, async () => {
          for (const edit of edits) applyEdit(folders.merged, edit);
          return copied(await scanned(folders.merged));
        });
        const ours = await changes(before, after);
        const upper = await upperEntries(folders.upper);
        const both = { times: "compare" } as const;
        expect(await diffSnapshots(before.applyEntries(upper), after, both)).toEqual([]);
        expect(await diffSnapshots(before.applyEntries(ours), after, both)).toEqual([]);
        expect(ours.filter((entry) => !isInUpper(entry, upper)).map(entryLine)).toEqual([]);
        fs.rmSync(folder, { recursive: true });
      }),
      { seed: SEED, numRuns: CASES },
    );
  });
});
