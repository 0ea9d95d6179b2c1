import { digestOf, type Entry, type LayerEntry } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import type { Snapshot } from "../snapshot.js";
import { bytesReader } from "../testing/tree-lines.js";
import { fileTreeOf } from "../tree/file-tree.js";
import { changeSet } from "./change-set.js";
import { diffSnapshots } from "./diff-snapshots.js";

const FILES_IN_A_DIRECTORY = 100;
const text = Buffer.from("x");
const digests = { old: digestOf("x"), new: digestOf("y") };

/** Directories of 98 files, of which one has two names. In `generation` 2 that file has new bytes in each directory, one
 * is deleted and one is new. */
function treeOf(entries: number, generation: 1 | 2): Snapshot {
  const made: LayerEntry[] = [];
  for (let directory = 0; directory < entries / FILES_IN_A_DIRECTORY; directory++) {
    const parent = `d${directory}`;
    const meta = { mode: 0o755, uid: 0, gid: 0, mtimeSec: 0 };
    made.push({ type: "directory", path: parent, ...meta });
    for (let file: number = generation; file < FILES_IN_A_DIRECTORY - 2 + generation; file++) {
      const digest = generation === 2 && file === 97 ? digests.new : digests.old;
      const path = `${parent}/f${file}`;
      made.push({ type: "file", path, ...meta, size: text.length, digest, open: () => bytesReader(text) });
    }
    made.push({ type: "hardlink", path: `${parent}/link`, ...meta, target: `${parent}/f97` });
  }
  return fileTreeOf(made);
}

interface Work {
  entries: number;
  looks: number;
  digests: number;
  opened: number;
}

/** The same tree, with a count of what is asked of it. */
function counted(tree: Snapshot): { readonly snapshot: Snapshot; readonly work: Work } {
  const work: Work = { entries: 0, looks: 0, digests: 0, opened: 0 };
  function* entries(): Iterable<Entry> {
    for (const entry of tree.entries()) {
      work.entries += 1;
      yield entry;
    }
  }
  const count = <T>(name: Exclude<keyof Work, "entries">, result: T): T => {
    work[name] += 1;
    return result;
  };
  const snapshot: Snapshot = {
    entries,
    get: (path) => count("looks", tree.get(path)),
    list: (path) => count("looks", tree.list(path)),
    openFile: (path) => count("opened", tree.openFile(path)),
    fileDigest: (path) => count("digests", tree.fileDigest(path)),
  };
  return { snapshot, work };
}

describe.each([10_000, 100_000])("a diff of trees of %i entries", (entries) => {
  const directories = entries / FILES_IN_A_DIRECTORY;
  const trees = { before: treeOf(entries, 1), after: treeOf(entries, 2) };

  it("goes through each tree twice and asks for two digests a file that both have", async () => {
    const [before, after] = [counted(trees.before), counted(trees.after)];
    const differences = await diffSnapshots(before.snapshot, after.snapshot, { times: "compare" });
    expect(differences.length).toBe(4 * directories);
    const work = { entries: 2 * entries, looks: 0, digests: 98 * directories, opened: 0 };
    expect([before.work, after.work]).toEqual([work, work]);
  });

  it.each([
    ["whiteouts", 2],
    ["opaque", 3],
  ] as const)("makes a change set (%s) in %i ways through the second tree", async (deletions, ways) => {
    const differences = await diffSnapshots(trees.before, trees.after);
    const { snapshot, work } = counted(trees.after);
    expect(changeSet(differences, snapshot, { deletions }).length).toBe(4 * directories);
    expect(work).toEqual({ entries: ways * entries, looks: directories, digests: 0, opened: 0 });
  });
});
