import type { LayerEntry } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentDigest } from "../content/content-digest.js";
import { digestedEntries } from "../content/content-entry.js";
import { tree, treeLines } from "../testing/tree-lines.js";
import type { FileTree } from "../tree/file-tree.js";
import { changeSet } from "./change-set.js";
import { diffSnapshots } from "./diff-snapshots.js";

const changes = async (before: FileTree, after: FileTree): Promise<readonly LayerEntry[]> =>
  changeSet(await diffSnapshots(before, after, { times: "compare" }), after);

const line = (entry: LayerEntry): string =>
  "target" in entry ? `${entry.type} ${entry.path} -> ${entry.target}` : `${entry.type} ${entry.path}`;

describe("changeSet", () => {
  it.each([
    [
      "writes what is new and what changed",
      ["file a 0644 'x'", "dir d 0755"],
      ["file a 0600 'x'", "dir d 0755", "fifo d/f 0600"],
      ["file a", "fifo d/f"],
    ],
    ["deletes a directory with one whiteout", ["dir d 0755", "file d/a 0644 ''"], [], ["whiteout d"]],
    [
      "needs no whiteout where a file replaces a directory",
      ["dir d 0755", "file d/a 0644 ''"],
      ["file d 0644 ''"],
      ["file d"],
    ],
    [
      "writes all names of a file when one is new",
      ["file a 0644 'x'", "file m 0644 'x'"],
      ["file a 0644 'x'", "file m 0644 'x'", "hardlink z -> a"],
      ["file a", "hardlink z -> a"],
    ],
    ["writes a new time alone", ["file a 0644 @1 'x'"], ["file a 0644 @2 'x'"], ["file a"]],
  ])("%s", async (_, before, after, lines) => {
    expect((await changes(tree(...before), tree(...after))).map(line)).toEqual(lines);
  });

  it("gives the second tree when it is applied to the first", async () => {
    const name = fc.constantFrom("a", "b", "c", "d/a", "d/b", "d/e/a", "d-e", "e");
    const kind = fc.constantFrom(
      ...[
        "dir % 0755",
        "dir % 0700 1:2",
        "file % 0644 'x'",
        "file % 0644 'y' user.a=b",
        "file % 0644 @5 'x'",
      ],
      ...["link % -> a", "link % -> d", "fifo % 0600", "char % 1,3", "hardlink % -> first"],
    );
    const lines = fc.array(fc.tuple(name, kind), { maxLength: 6 }).map((pairs) => {
      const wanted = new Map(pairs.map(([path, text]) => [path, text.replace("%", path)]));
      const isBelowDirectory = (path: string): boolean =>
        [...wanted].every(([other, text]) => !path.startsWith(`${other}/`) || text.startsWith("dir"));
      return [
        "file first 0644 'f'",
        ...[...wanted].filter(([path]) => isBelowDirectory(path)).map(([, text]) => text),
      ];
    });
    await fc.assert(
      fc.asyncProperty(lines, lines, async (from, to) => {
        const [before, after] = [tree(...from), tree(...to)];
        const applied = before.applyEntries(await changes(before, after));
        expect(await treeLines(applied)).toEqual(await treeLines(after));
        expect(contentDigest(await digestedEntries(applied))).toBe(
          contentDigest(await digestedEntries(after)),
        );
        expect(await diffSnapshots(applied, after, { times: "compare" })).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
