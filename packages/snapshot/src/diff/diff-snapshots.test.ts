import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentDigest } from "../content/content-digest.js";
import { digestedEntries } from "../content/content-entry.js";
import { diffLines } from "../testing/diff-lines.js";
import { tree } from "../testing/tree-lines.js";
import { diffSnapshots } from "./diff-snapshots.js";

describe("diffSnapshots", () => {
  it.each([
    ["nothing", ["file a 0644 'x'"], ["file a 0644 'x'"], []],
    ["an added file", [], ["file a 0644 'x'"], ["+ a"]],
    ["a deleted file", ["file a 0644 'x'"], [], ["- a"]],
    ["a deleted directory and all below", ["dir d 0755", "file d/a 0644 ''"], [], ["- d", "- d/a"]],
    ["bytes of the same size", ["file a 0644 'x'"], ["file a 0644 'y'"], ["~ a: content"]],
    ["a size", ["file a 0644 'x'"], ["file a 0644 'xy'"], ["~ a: content"]],
    ["mode and owner", ["file a 0644 1:2 'x'"], ["file a 0600 2:3 'x'"], ["~ a: mode, uid, gid"]],
    ["a directory's mode", ["dir a 0755", "dir a/b 0755"], ["dir a 0700", "dir a/b 0755"], ["~ a: mode"]],
    ["a link's target", ["link a -> b"], ["link a -> c"], ["~ a: target"]],
    ["attributes", ["dir a 0755 user.x=1"], ["dir a 0755 user.x=2"], ["~ a: xattrs"]],
    ["a device", ["char a 1,3"], ["char a 1,5"], ["~ a: device"]],
    ["a type", ["dir a 0755", "file a/b 0644 ''"], ["file a 0755 ''"], ["~ a: type", "- a/b"]],
    [
      "a copy instead of a link",
      ["file a 0644 'x'", "hardlink b -> a"],
      ["file a 0644 'x'", "file b 0644 'x'"],
      ["~ b: hard links"],
    ],
    [
      "the order of paths",
      ["file a-b 0644 ''", "dir c 0755"],
      ["dir a 0755", "file a/z 0644 ''", "dir c 0755", "file d 0644 ''"],
      ["+ a", "+ a/z", "- a-b", "+ d"],
    ],
    ["no time", ["file a 0644 @1 'x'"], ["file a 0644 @2 'x'"], []],
  ])("finds %s", async (_, before, after, lines) => {
    expect(diffLines(await diffSnapshots(tree(...before), tree(...after)))).toEqual(lines);
  });

  it("finds a new time where times are compared", async () => {
    const [before, after] = [tree("file a 0644 @1 'x'"), tree("file a 0644 @2 'x'")];
    expect(diffLines(await diffSnapshots(before, after, { times: "compare" }))).toEqual(["~ a: mtime"]);
  });

  it("stops with the signal's reason", async () => {
    const reason = new Error("enough");
    const diff = diffSnapshots(tree("dir a 0755"), tree(), { signal: AbortSignal.abort(reason) });
    await expect(diff).rejects.toBe(reason);
  });

  it("finds nothing exactly when the content digests are the same", async () => {
    const kind = fc.constantFrom(
      "dir %",
      "file % 0644 'x'",
      "file % 0644 'y'",
      "file % 0600 'x'",
      "link % -> a",
      "char % 1,3",
    );
    const lines = fc.tuple(fc.option(kind), fc.option(kind)).map(([a, b]) => {
      return [a?.replace("%", "a"), b?.replace("%", "b")].filter((line) => line !== undefined);
    });
    await fc.assert(
      fc.asyncProperty(lines, lines, async (a, b) => {
        const [before, after] = [tree(...a), tree(...b)];
        const differences = await diffSnapshots(before, after);
        const digests = await Promise.all([before, after].map(digestedEntries));
        const isSame = new Set(digests.map(contentDigest)).size === 1;
        expect(differences.length === 0).toBe(isSame);
      }),
      { numRuns: 200 },
    );
  });
});
