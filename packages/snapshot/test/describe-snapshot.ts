import { compareTreePaths, digestOf, isOciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { contentDigest, digestedEntries, type Snapshot } from "../src/index.js";
import { readFileBytes, tree, treeLines } from "../src/testing/tree-lines.js";

const lines = [
  "dir a 0700",
  "file a/b 0644 'hello'",
  "file a/big 0600 'a text that is longer than one read of the reader of these tests: 0123456789'",
  "link a/dangling -> ../nowhere",
  "dir a-b 0755",
  "file a-b/empty 0644 ''",
  "dir 'empty dir' 0755",
  "file run 04755 'x'",
  "hardlink run2 -> run",
  "link up -> a/b",
  "file ü 0644 'ünïcode'",
];

/** The contract of `Snapshot`. `make` gives the tree that lines of the `tree` form describe (directories, files,
 * links and hard links; all owners 0:0), whatever it is made from. */
export function describeSnapshot(name: string, make: (lines: readonly string[]) => Promise<Snapshot>): void {
  describe(`Snapshot: ${name}`, () => {
    it("gives the entries it was made from, in the order of paths", async () => {
      const snapshot = await make(lines);
      expect(await treeLines(snapshot)).toEqual(await treeLines(tree(...lines)));
      const paths = Array.from(snapshot.entries(), ({ path }) => path);
      expect(paths).toEqual(paths.toSorted(compareTreePaths));
    });

    it("gives the same entry by its path as among all", async () => {
      const snapshot = await make(lines);
      for (const entry of snapshot.entries()) expect(snapshot.get(entry.path)).toEqual(entry);
    });

    it("has a root, and nothing at paths that lead nowhere", async () => {
      const snapshot = await make(lines);
      expect(snapshot.get("")).toMatchObject({ type: "directory", path: "" });
      for (const path of ["x", "a/x", "a/b/c", "up/c", "run/", "A", "zz", "a/dangling/x"]) {
        expect(snapshot.get(path)).toBeUndefined();
      }
    });

    it("lists names sorted, of directories only", async () => {
      const snapshot = await make(lines);
      expect(snapshot.list("")).toEqual(["a", "a-b", "empty dir", "run", "run2", "up", "ü"]);
      expect(snapshot.list("a")).toEqual(["b", "big", "dangling"]);
      expect(snapshot.list("empty dir")).toEqual([]);
      for (const path of ["a/b", "up", "x"]) expect(snapshot.list(path)).toBeUndefined();
    });

    it("gives each file's bytes from the start, however often it is opened", async () => {
      const snapshot = await make(lines);
      for (let time = 0; time < 2; time++) {
        expect((await readFileBytes(snapshot, "a/b")).toString()).toBe("hello");
        expect((await readFileBytes(snapshot, "a-b/empty")).length).toBe(0);
        expect((await readFileBytes(snapshot, "a/big")).length).toBe(76);
      }
    });

    it("gives the digests of files", async () => {
      const snapshot = await make(lines);
      expect(await snapshot.fileDigest("a/b")).toBe(digestOf("hello"));
      expect(await snapshot.fileDigest("a/b")).toBe(digestOf("hello"));
      expect(await snapshot.fileDigest("a-b/empty")).toBe(digestOf(""));
      expect(await snapshot.fileDigest("run2")).toBe(await snapshot.fileDigest("run"));
    });

    it("marks hard links of each other, and only them", async () => {
      const snapshot = await make(lines);
      const groupOf = (path: string) => {
        const entry = snapshot.get(path);
        return entry?.type === "file" ? entry.linkGroup : undefined;
      };
      expect(groupOf("run")).toBeDefined();
      expect(groupOf("run2")).toBe(groupOf("run"));
      expect(groupOf("a/b")).toBeUndefined();
    });

    it("has the content digest of any other tree with the same content", async () => {
      const digest = async (snapshot: Snapshot) => contentDigest(await digestedEntries(snapshot));
      expect(await digest(await make(lines))).toBe(await digest(tree(...lines)));
    });

    it("refuses to read what is no file", async () => {
      const snapshot = await make(lines);
      for (const path of ["", "a", "up", "nothing"]) {
        const open = async () => snapshot.openFile(path);
        const digest = async () => snapshot.fileDigest(path);
        await expect(open()).rejects.toSatisfy((error) => isOciBuildError(error, "SNAPSHOT_NOT_A_FILE"));
        await expect(digest()).rejects.toSatisfy((error) => isOciBuildError(error, "SNAPSHOT_NOT_A_FILE"));
      }
    });

    it("may be empty", async () => {
      const snapshot = await make([]);
      expect([...snapshot.entries()]).toEqual([]);
      expect(snapshot.list("")).toEqual([]);
    });
  });
}
