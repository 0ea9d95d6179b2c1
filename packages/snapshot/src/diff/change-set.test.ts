import { Readable } from "node:stream";
import { type LayerEntry, readLayerTree, type TreeEntry, writeLayer } from "@oci-build/oci";
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

const line = (entry: LayerEntry | TreeEntry): string =>
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

  it.each([
    [
      "marks a directory of which nothing remains",
      ["dir d 0755", "file d/a 0644 ''", "file d/b 0644 ''"],
      ["dir d 0755", "file d/c 0644 ''"],
      ["opaque d", "file d/c"],
    ],
    [
      "puts the mark behind its directory",
      ["dir d 0755", "file d/a 0644 ''"],
      ["dir d 0700"],
      ["directory d", "opaque d"],
    ],
    [
      "marks the topmost directory only",
      ["dir d 0755", "dir d/e 0755", "file d/e/a 0644 ''", "file d/b 0644 ''"],
      ["dir d 0755", "dir d/e 0700"],
      ["opaque d", "directory d/e"],
    ],
    [
      "keeps what remains, with whiteouts beside it",
      ["dir d 0755", "dir d/e 0755", "file d/e/a 0644 ''", "file d/b 0644 ''", "file d/c 0644 ''"],
      ["dir d 0755", "dir d/e 0755", "file d/c 0644 ''"],
      ["whiteout d/b", "opaque d/e"],
    ],
    ["never marks the root", ["file a 0644 ''", "file b 0644 ''"], [], ["whiteout a", "whiteout b"]],
    [
      "marks nothing where nothing is deleted",
      ["dir d 0755"],
      ["dir d 0755", "dir d/e 0755"],
      ["directory d/e"],
    ],
  ])("%s, when deletions are opaque", async (_, before, after, lines) => {
    const differences = await diffSnapshots(tree(...before), tree(...after));
    expect(changeSet(differences, tree(...after), { deletions: "opaque" }).map(line)).toEqual(lines);
  });

  it.each([
    [
      "leaves what remains of a file when its first name is gone",
      ["file a 0644 'x'", "hardlink b -> a", "hardlink c -> a"],
      ["file b 0644 'x'", "hardlink c -> b"],
      ["whiteout a"],
    ],
    [
      "leaves what remains of a file when its first name is another file's",
      ["file a 0644 'x'", "hardlink b -> a"],
      ["file a 0644 'y'", "file b 0644 'x'"],
      ["file a"],
    ],
    [
      "writes all but one of the files that one file fell apart into",
      ["file a 0644 'x'", "hardlink b -> a", "hardlink c -> a", "hardlink d -> a"],
      ["file b 0644 'x'", "hardlink c -> b", "file d 0644 'x'"],
      ["whiteout a", "file d"],
    ],
    [
      "writes a copy of a file that keeps its first name",
      ["file a 0644 'x'", "hardlink b -> a"],
      ["file a 0644 'x'", "file b 0644 'x'"],
      ["file b"],
    ],
    [
      "writes names that a file got from another one",
      ["file a 0644 'x'", "hardlink b -> a", "file c 0644 'x'"],
      ["file b 0644 'x'", "hardlink c -> b"],
      ["whiteout a", "file b", "hardlink c -> b"],
    ],
  ])("%s, when it knows the first tree", async (_, from, to, lines) => {
    const [before, after] = [tree(...from), tree(...to)];
    expect(changeSet(await diffSnapshots(before, after), after, { before }).map(line)).toEqual(lines);
  });

  it("is a layer that writes and reads back as it is", async () => {
    const before = tree("dir d 0755", "file d/a 0644 ''", "file x 0644 ''");
    const after = tree("dir d 0755", "file b 0644 'b'", "hardlink d/c -> b");
    const entries = changeSet(await diffSnapshots(before, after), after, { deletions: "opaque" });
    const chunks: Uint8Array[] = [];
    await writeLayer(entries, (chunk) => void chunks.push(Uint8Array.from(chunk)), { compression: "none" });
    const read = await readLayerTree(Readable.from(chunks));
    expect(read.entries.map(line)).toEqual(entries.map(line));
  });

  it.each([
    ["compare", "whiteouts", "unknown"],
    ["compare", "opaque", "known"],
    ["ignore", "whiteouts", "known"],
    ["ignore", "opaque", "unknown"],
  ] as const)(
    "gives the second tree when it is applied to the first (times: %s, %s, first tree %s)",
    async (times, deletions, first) => {
      await fc.assert(
        fc.asyncProperty(generatedLines, generatedLines, async (from, to) => {
          const [before, after] = [tree(...from), tree(...to)];
          const differences = await diffSnapshots(before, after, { times });
          const options = { deletions, before: first === "known" ? before : undefined };
          const applied = before.applyEntries(changeSet(differences, after, options));
          expect(await treeLines(applied)).toEqual(await treeLines(after));
          expect(contentDigest(await digestedEntries(applied))).toBe(
            contentDigest(await digestedEntries(after)),
          );
          expect(await diffSnapshots(applied, after, { times })).toEqual([]);
        }),
        { numRuns: 150 },
      );
    },
  );
});

const name = fc.constantFrom("a", "b", "c", "d/a", "d/b", "d/e/a", "d/e/b", "d-e", "e");
const kind = fc.constantFrom(
  ...["dir % 0755", "dir % 0700 1:2", "file % 0644 'x'", "file % 0644 'y' user.a=b", "file % 0644 @5 'x'"],
  ...["link % -> a", "link % -> d", "fifo % 0600", "char % 1,3", "1", "1", "1", "2", "2"],
);

/** Trees with all types of entries. Names with a number are those of one file, whose bytes are like those of others. */
const generatedLines = fc.array(fc.tuple(name, kind), { maxLength: 8 }).map((pairs) => {
  const wanted = new Map(pairs);
  const isBelowDirectory = (path: string): boolean =>
    [...wanted].every(([other, text]) => !path.startsWith(`${other}/`) || text.startsWith("dir"));
  const firstNames = new Map<string, string>();
  return [...wanted]
    .filter(([path]) => isBelowDirectory(path))
    .map(([path, text]) => {
      if (text.length > 1) return text.replace("%", path);
      const first = firstNames.get(text);
      firstNames.set(text, first ?? path);
      return first === undefined ? `file ${path} 0644 'x'` : `hardlink ${path} -> ${first}`;
    });
});
