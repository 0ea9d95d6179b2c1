import { describe, expect, it } from "vitest";
import {
  ContentDigester,
  compilePatterns,
  contentDigest,
  digestedEntries,
  hashSubtree,
  type PatternMatcher,
  type Snapshot,
  type Subtree,
} from "../src/index.js";

const lines = [
  "dir a 0755",
  "file a/keep 0644 'keep'",
  "file a/x.log 0644 'log'",
  "dir b 0700",
  "dir b/c 0711",
  "file b/c/d 0600 'd'",
  "file b/c/e 0644 'e'",
  "link b/link -> ../a",
  "dir empty 0755",
  "file top 0644 'one'",
  "hardlink top2 -> top",
  "file x.log 0644 'log'",
];

const keep = { owner: undefined, modeOf: undefined };

/** The contract of scans, whatever they are of: which entries patterns leave out, and what is below a directory at once.
 * `make` scans the tree that lines of the `tree` form describe. */
export function describeScan(
  name: string,
  make: (lines: readonly string[], ignore?: PatternMatcher) => Promise<Snapshot>,
): void {
  const pathsOf = async (patterns: readonly string[]) => {
    const snapshot = await make(lines, compilePatterns(patterns));
    return Array.from(snapshot.entries(), ({ path }) => path);
  };
  const all = lines.map((line) => line.split(" ")[1] ?? "");

  describe(`scan: ${name}`, () => {
    it.each([
      ["nothing", [], []],
      ["names anywhere", ["**/*.log"], ["a/x.log", "x.log"]],
      ["directories with all below", ["b"], ["b", "b/c", "b/c/d", "b/c/e", "b/link"]],
      ["all but what is taken back", ["b", "!b/c/d"], ["b/c/e", "b/link"]],
      ["all but a directory that is taken back", ["*", "!a"], all.filter((path) => !/^a(\/|$)/.test(path))],
      ["directories of which nothing is left", ["b", "!b/nothing"], ["b", "b/c", "b/c/d", "b/c/e", "b/link"]],
      ["what lies in a directory, and not itself", ["empty/*", "b/c/*"], ["b/c/d", "b/c/e"]],
    ])("leaves out %s", async (_, patterns, leftOut) => {
      expect(await pathsOf(patterns)).toEqual(all.filter((path) => !leftOut.includes(path)));
    });

    it("keeps the metadata of a directory that is there for what was taken back", async () => {
      const snapshot = await make(lines, compilePatterns(["b", "!b/c/d"]));
      expect([snapshot.get("b")?.mode, snapshot.get("b/c")?.mode]).toEqual([0o700, 0o711]);
    });

    it("takes a hard link whose other names are left out for a file of its own", async () => {
      const snapshot = await make(lines, compilePatterns(["top"]));
      expect(snapshot.get("top2")).toMatchObject({ type: "file", size: 3, mode: 0o644 });
      expect(snapshot.get("top2")).not.toHaveProperty("linkGroup");
      expect(await snapshot.fileDigest("top2")).toBe(await (await make(lines)).fileDigest("top"));
    });

    it("does not go into directories of which nothing can be left", async () => {
      const asked: string[] = [];
      const matcher = compilePatterns(["b", "**/*.log"]);
      const counting: PatternMatcher = {
        ...matcher,
        enter: (path, parent) => {
          asked.push(path);
          return matcher.enter(path, parent);
        },
        excludes: (path, parent) => {
          asked.push(path);
          return matcher.excludes(path, parent);
        },
      };
      await make(lines, counting);
      expect(asked.toSorted()).toEqual(all.filter((path) => !path.startsWith("b/")).toSorted());
    });

    it("gives each directory's subtree, with the content that its entries have", async () => {
      const snapshot = await make(lines);
      for (const directory of ["b", "a", "empty", "b/c"]) {
        const subtree = subtreeOf(snapshot, directory);
        const below = Array.from(subtree.entries(), ({ entry }) => entry);
        const expected = [...snapshot.entries()].filter(({ path }) => path.startsWith(`${directory}/`));
        expect(below).toEqual(expected);
        await hashSubtree(subtree);
        const digester = new ContentDigester();
        digester.addSubtree(subtree, { path: directory, ...keep });
        const entries = (await digestedEntries(snapshot)).filter(({ path }) =>
          path.startsWith(`${directory}/`),
        );
        expect(digester.finish()).toBe(contentDigest(entries));
      }
      expect(snapshot.subtree?.("top")).toBeUndefined();
      expect(snapshot.subtree?.("nothing")).toBeUndefined();
    });

    it("counts what is below a directory, and what has to be read of it", async () => {
      const snapshot = await make(lines);
      const survey = () => subtreeOf(snapshot, "b").survey();
      const known = { entries: 4, fileBytes: 2, isPlain: true };
      expect(survey()).toEqual({ ...known, unknownBytes: 2, changedFiles: 2, changedBytes: 2 });
      await snapshot.fileDigest("b/c/d");
      expect(survey()).toEqual({ ...known, unknownBytes: 1, changedFiles: 1, changedBytes: 1 });
      expect(subtreeOf(snapshot, "").survey().isPlain).toBe(false);
    });
  });
}

function subtreeOf(snapshot: Snapshot, path: string): Subtree {
  const subtree = snapshot.subtree?.(path);
  if (subtree === undefined) throw new Error(`no subtree: ${path}`);
  return subtree;
}
