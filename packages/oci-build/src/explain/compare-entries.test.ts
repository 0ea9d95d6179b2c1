import { digestOf } from "@oci-build/oci";
import type { ContentEntry } from "@oci-build/snapshot";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareEntries } from "./compare-entries.js";
import { describeFiles } from "./describe-files.js";

const meta = { mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 };

function file(path: string, text: string, more: object = {}): ContentEntry {
  return { type: "file", path, ...meta, size: text.length, digest: digestOf(text), ...more };
}

const attribute = (value: string) => ({ xattrs: new Map([["user.note", Buffer.from(value)]]) });

function lineOf(before: readonly ContentEntry[], after: readonly ContentEntry[]): string {
  const changes = compareEntries(before, after);
  return changes.length === 0 ? "" : describeFiles({ changes, count: changes.length }, "/").headline;
}

describe("compareEntries", () => {
  it.each<[string, ContentEntry, ContentEntry, string]>([
    ["a time", file("a", "1"), file("a", "1", { mtimeSec: 9 }), ""],
    ["the bytes", file("a", "1"), file("a", "2"), "1 file changed: a (content)"],
    ["the user", file("a", "1"), file("a", "1", { uid: 1000 }), "1 file changed: a (uid 0 → 1000)"],
    ["the group", file("a", "1", { gid: 5 }), file("a", "1"), "1 file changed: a (gid 5 → 0)"],
    [
      "a sticky bit",
      file("a", "1"),
      file("a", "1", { mode: 0o1644 }),
      "1 file changed: a (mode 0644 → 1644)",
    ],
    [
      "a new attribute",
      file("a", "1"),
      file("a", "1", attribute("x")),
      "1 file changed: a (xattr user.note added)",
    ],
    [
      "an attribute's value",
      file("a", "1", attribute("x")),
      file("a", "1", attribute("y")),
      "1 file changed: a (xattr user.note)",
    ],
    [
      "an attribute that is gone",
      file("a", "1", attribute("x")),
      file("a", "1"),
      "1 file changed: a (xattr user.note removed)",
    ],
    [
      "a link's target",
      { type: "symlink", path: "a", ...meta, target: "x" },
      { type: "symlink", path: "a", ...meta, target: "y" },
      "1 link changed: a (link target x → y)",
    ],
    [
      "a hard link instead of a file",
      file("b", "1"),
      { type: "hardlink", path: "b", ...meta, target: "a" },
      "1 hard link changed: b (file → hard link)",
    ],
    [
      "a device",
      { type: "character-device", path: "a", ...meta, deviceMajor: 1, deviceMinor: 3 },
      { type: "character-device", path: "a", ...meta, deviceMajor: 1, deviceMinor: 5 },
      "1 character device changed: a (device 1:3 → 1:5)",
    ],
    [
      "several things",
      file("a", "1"),
      file("a", "2", { mode: 0o600 }),
      "1 file changed: a (content, mode 0644 → 0600)",
    ],
    ["a name", file("a", "1"), file("b", "1"), "1 file renamed: a → b"],
    [
      "a name and a mode",
      file("a", "1"),
      file("b", "1", { mode: 0o600 }),
      "1 file renamed: a → b (mode 0644 → 0600)",
    ],
    ["an empty file's name", file("a", ""), file("b", ""), "1 file added, 1 deleted"],
  ])("tells of %s", (_, before, after, line) => {
    expect(lineOf([before], [after])).toBe(line);
  });

  it("takes files of one content for those of the same name, and no file twice", () => {
    const before = [file("a/x", "1"), file("a/y", "1")];
    const after = [file("b/w", "1"), file("b/y", "1"), file("b/z", "1")];
    const told = compareEntries(before, after).map((change) =>
      change.kind === "renamed" ? `${change.from} → ${change.path}` : `${change.kind} ${change.path}`,
    );
    expect(told).toEqual(["a/x → b/w", "a/y → b/y", "added b/z"]);
  });

  it("takes many files of one content in linear time", () => {
    const names = Array.from({ length: 60_000 }, (_, index) => String(index).padStart(6, "0"));
    const changes = compareEntries(
      names.map((name) => file(`a/${name}`, "same")),
      names.map((name) => file(`b/x${name}`, "same")),
    );
    expect(changes).toHaveLength(60_000);
  });

  it("tells of each path at most once, and of none that both sides have alike", () => {
    const names = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const trees = fc
      .dictionary(
        names,
        fc.record({ text: fc.constantFrom("", "1", "2"), mode: fc.constantFrom(0o644, 0o755) }),
      )
      .map((tree) =>
        Object.keys(tree)
          .sort()
          .map((path) => file(path, tree[path]?.text ?? "", { mode: tree[path]?.mode })),
      );
    fc.assert(
      fc.property(trees, trees, (before, after) => {
        const changes = compareEntries(before, after);
        const touched = changes.flatMap((change) =>
          "from" in change ? [change.from, change.path] : [change.path],
        );
        const same = (entry: ContentEntry): boolean =>
          before.some((old) => JSON.stringify(old) === JSON.stringify(entry));
        const expected = [...before, ...after]
          .map(({ path }) => path)
          .filter((path) => {
            const now = after.find((entry) => entry.path === path);
            return now === undefined || !same(now);
          });
        expect(new Set(touched).size).toBe(touched.length);
        expect([...touched].sort()).toEqual([...new Set(expected)].sort());
      }),
    );
  });
});
