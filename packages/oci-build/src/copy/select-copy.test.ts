import type { Snapshot } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import { changeLines, tree } from "../../test/support/change-lines.js";
import { copyRequest, type ShortCopy } from "../../test/support/copy-request.js";
import { selectCopy } from "./select-copy.js";

async function copied(source: Snapshot, parent: Snapshot, copy: ShortCopy): Promise<string[]> {
  return changeLines(await selectCopy(copyRequest(source, copy), parent));
}

const source = tree(
  "file a.txt 0600 A",
  "file b.txt B",
  "dir d 0700",
  "file d/x X",
  "dir d/sub 0711",
  "file d/sub/y Y",
  "dir empty 0750",
  "link to-a -> a.txt",
  "link to-d -> /d",
  "link dangling -> nowhere",
  "file s.sh 04755 S",
  "file [v].txt V",
);
const root = tree(
  "dir app 0700 5:5",
  "file app/old O",
  "dir tmp 01777",
  "dir usr",
  "dir usr/bin",
  "link bin -> usr/bin",
  "link out -> ../../../tmp",
  "file f F",
  "link to-f -> f",
  "link to-none -> /new/place",
  "link loop -> loop",
);

describe("selectCopy: destinations", () => {
  it.each([
    ["a file to a new name", ["a.txt"], "/x", ["file x 0600 A"]],
    [
      "a file into a new directory",
      ["a.txt"],
      "/n/m/",
      ["dir n 0755 *", "dir n/m 0755 *", "file n/m/a.txt 0600 A"],
    ],
    ["a file to a name in a new directory", ["a.txt"], "/n/x", ["dir n 0755 *", "file n/x 0600 A"]],
    [
      "a file into an existing directory, with or without a slash",
      ["a.txt"],
      "/app",
      ["file app/a.txt 0600 A"],
    ],
    ["a file over a file", ["a.txt"], "/f", ["file f 0600 A"]],
    ["a file through a directory that is a link", ["a.txt"], "/bin/x", ["file usr/bin/x 0600 A"]],
    ["a file into a directory that is a link", ["a.txt"], "/bin", ["file usr/bin/a.txt 0600 A"]],
    ["a file through a link to a file", ["a.txt"], "/to-f", ["file f 0600 A"]],
    [
      "a file through a dangling link makes its target",
      ["a.txt"],
      "/to-none",
      ["dir new 0755 *", "file new/place 0600 A"],
    ],
    ["links never lead out of the root", ["a.txt"], "/out/x", ["file tmp/x 0600 A"]],
    [
      "a directory's contents into a new directory, which is 0755",
      ["d"],
      "/n",
      ["dir n 0755 *", "dir n/sub 0711", "file n/sub/y 0644 Y", "file n/x 0644 X"],
    ],
    [
      "a directory's contents into an existing one, which stays as it is",
      ["d/"],
      "/app",
      ["dir app/sub 0711", "file app/sub/y 0644 Y", "file app/x 0644 X"],
    ],
    ["an empty directory", ["empty"], "/n/", ["dir n 0755 *"]],
    [
      "the whole context",
      ["d/.."],
      "/tmp/all/",
      expect.arrayContaining([
        "dir tmp/all 0755 *",
        "dir tmp/all/empty 0750",
        "link tmp/all/dangling -> nowhere",
      ]),
    ],
    ["a link among the sources is followed", ["to-a"], "/x", ["file x 0600 A"]],
    ["a link to a directory, too, and keeps its own name", ["to-a"], "/app/", ["file app/to-a 0600 A"]],
    ["a link in the middle of a source", ["to-d/sub"], "/n", ["dir n 0755 *", "file n/y 0644 Y"]],
    [
      "sources stay inside the context",
      ["../../a.txt", "/b.txt"],
      "/app/",
      ["file app/a.txt 0600 A", "file app/b.txt 0644 B"],
    ],
    ["several sources without a slash: the last one wins", ["a.txt", "b.txt"], "/x", ["file x 0644 B"]],
    ["set-id bits stay", ["s.sh"], "/x", ["file x 04755 S"]],
  ])("%s", async (_, sources, to, lines) => {
    expect(await copied(source, root, { sources, to })).toEqual(lines);
  });
});

describe("selectCopy: wildcards", () => {
  it.each([
    ["*.txt", ["file app/[v].txt 0644 V", "file app/a.txt 0600 A", "file app/b.txt 0644 B"]],
    ["?.txt", ["file app/a.txt 0600 A", "file app/b.txt 0644 B"]],
    ["[ab].txt", ["file app/a.txt 0600 A", "file app/b.txt 0644 B"]],
    ["[^a].txt", ["file app/b.txt 0644 B"]],
    ["[[]v].txt", ["file app/[v].txt 0644 V"]],
    ["d*/s*/y", ["file app/y 0644 Y"]],
    ["emp*", []],
    ["nothing*", []],
  ])("%s", async (pattern, lines) => {
    expect(await copied(source, root, { sources: [pattern], to: "/app/" })).toEqual(lines);
  });

  it("copies the contents of directories that match", async () => {
    expect(await copied(source, root, { sources: ["?"], to: "/app" })).toEqual(
      expect.arrayContaining(["file app/x 0644 X", "file app/sub/y 0644 Y"]),
    );
  });
});

describe("selectCopy: owners and modes", () => {
  const owned = tree("dir o 0700 7:8", "file o/f 0640 7:8 F", "link o/l 0777 7:8 -> f");

  it("keeps a stage's owners", async () => {
    const request = { source: { kind: "stage", snapshot: owned } } as const;
    expect(await copied(owned, root, { sources: ["o"], to: "/n/m", request })).toEqual([
      "dir n 0755 *",
      "dir n/m 0755 *",
      "file n/m/f 0640 7:8 F",
      "link n/m/l 7:8 -> f",
    ]);
  });

  it("gives --chown to everything, directories on the way included", async () => {
    const request = { owner: { uid: 1, gid: 2 } };
    expect(await copied(owned, root, { sources: ["o"], to: "/n/m", request })).toEqual([
      "dir n 0755 1:2 *",
      "dir n/m 0755 1:2 *",
      "file n/m/f 0640 1:2 F",
      "link n/m/l 1:2 -> f",
    ]);
  });

  it.each([
    ["0600", ["dir n 0755 *", "dir n/sub 0600", "file n/sub/y 0600 Y", "file n/x 0600 X"]],
    ["1777", ["dir n 0755 *", "dir n/sub 01777", "file n/sub/y 01777 Y", "file n/x 01777 X"]],
    ["go-rwx,u+X", ["dir n 0755 *", "dir n/sub 0700", "file n/sub/y 0600 Y", "file n/x 0600 X"]],
  ])("applies --chmod=%s to all but the new top directory", async (chmod, lines) => {
    expect(await copied(source, root, { sources: ["d"], to: "/n", chmod })).toEqual(lines);
  });
});

describe("selectCopy: hard links", () => {
  const linked = tree("dir a", "file a/one 1", "hard a/two = a/one", "hard three = a/one");

  it("keeps those that one instruction copies, the first in the layer's order being the file", async () => {
    expect(await copied(linked, root, { sources: ["."], to: "/n/" })).toEqual([
      "dir n 0755 *",
      "dir n/a 0755",
      "file n/a/one 0644 1",
      "hard n/a/two 0644 = n/a/one",
      "hard n/three 0644 = n/a/one",
    ]);
  });

  it("makes a file of a name that is copied alone", async () => {
    expect(await copied(linked, root, { sources: ["three"], to: "/n" })).toEqual(["file n 0644 1"]);
  });
});

describe("selectCopy: --exclude, --parents and inline files", () => {
  it.each([
    [["*.txt"], ["dir n 0755 *", "dir n/d 0700"]],
    [["d/sub"], ["dir n 0755 *", "dir n/d 0700", "file n/d/x 0644 X"]],
    [
      ["d", "!d/sub/y"],
      ["dir n 0755 *", "dir n/d 0700", "dir n/d/sub 0711", "file n/d/sub/y 0644 Y"],
    ],
  ])("excludes %j", async (exclude, lines) => {
    const found = await copied(source, root, { sources: ["."], to: "/n/", exclude });
    expect(found).toEqual(expect.arrayContaining(lines));
    expect(found.some((line) => /n\/a\.txt/.test(line))).toBe(!exclude.includes("*.txt"));
  });

  it.each([
    ["d/sub/y", ["dir n 0755 *", "dir n/d 0700", "dir n/d/sub 0711", "file n/d/sub/y 0644 Y"]],
    ["d/./sub/y", ["dir n 0755 *", "dir n/sub 0711", "file n/sub/y 0644 Y"]],
    ["**/y", ["dir n 0755 *", "dir n/d 0700", "dir n/d/sub 0711", "file n/d/sub/y 0644 Y"]],
    ["d/sub", ["dir n 0755 *", "dir n/d 0700", "dir n/d/sub 0711", "file n/d/sub/y 0644 Y"]],
  ])("keeps the parents of %s", async (path, lines) => {
    expect(await copied(source, root, { sources: [path], to: "/n/", step: { parents: "keep" } })).toEqual(
      lines,
    );
  });

  it.each([
    ["d/./s*", ["dir n 0755 *", "dir n/sub 0711", "file n/sub/y 0644 Y"]],
    ["to-d/./x", ["dir n 0755 *", "file n/x 0644 X"]],
    ["d/./none*", ["dir n 0755 *"]],
    ["none*/./x", []],
  ])("takes what is behind the pivot of %s", async (path, lines) => {
    const copy = { sources: [path], to: "/n/", step: { parents: "keep" } } as const;
    expect(await copied(source, root, copy)).toEqual(lines);
  });

  it("Differs: a pivot with wildcards finds directories only; BuildKit copies the files that it finds, too", async () => {
    const files = tree("dir p", "file p/x X", "file q Q");
    const copy = { sources: ["[pq]/./x"], to: "/n/", step: { parents: "keep" } } as const;
    expect(await copied(files, root, copy)).toEqual(["dir n 0755 *", "file n/x 0644 X"]);
  });

  it("takes back what is excluded with --parents", async () => {
    const copy = {
      sources: ["d"],
      to: "/n/",
      step: { parents: "keep" },
      exclude: ["d/sub", "!d/sub/y"],
    } as const;
    expect(await copied(source, root, copy)).toEqual([
      "dir n 0755 *",
      "dir n/d 0700",
      "dir n/d/sub 0711",
      "file n/d/sub/y 0644 Y",
      "file n/d/x 0644 X",
    ]);
  });

  it.each([
    ["--parents", { sources: ["d/sub/y"], step: { parents: "keep" } } as const],
    ["--exclude", { sources: ["."], exclude: ["*", "!d/sub/y"] }],
  ])("gives existing directories on the way the source's mode alone: %s", async (_, copy) => {
    const parent = tree("dir n", "dir n/d 0777 5:6");
    expect(await copied(source, parent, { ...copy, to: "/n/" })).toEqual([
      "dir n/d 0700 5:6",
      "dir n/d/sub 0711",
      "file n/d/sub/y 0644 Y",
    ]);
  });

  it("takes a here-document's name inside the root", async () => {
    const step = { inlineFiles: [{ name: "../motd", content: "hi" }] };
    expect(await copied(source, root, { sources: [], to: "/app/", step })).toEqual([
      "file app/motd 0644 hi *",
    ]);
  });

  it("writes inline files 0644", async () => {
    const step = { inlineFiles: [{ name: "motd", content: "hi" }] };
    expect(await copied(source, root, { sources: [], to: "/app/", step })).toEqual([
      "file app/motd 0644 hi *",
    ]);
    expect(await copied(source, root, { sources: [], to: "/x", step })).toEqual(["file x 0644 hi *"]);
  });
});

describe("selectCopy: errors", () => {
  it.each([
    ["a missing source", ["c.txt"], "/x", { code: "COPY_SOURCE_MISSING", hint: "Did you mean a.txt?" }],
    [
      "a missing source in a directory",
      ["d/sub/z"],
      "/x",
      { code: "COPY_SOURCE_MISSING", hint: "The nearest that exists is d/sub." },
    ],
    ["a file over a directory", ["a.txt"], "/app/x/", { code: "COPY_DESTINATION_CONFLICT" }],
    ["a directory over a file", ["d"], "/f", { code: "COPY_DESTINATION_CONFLICT" }],
    ["a file below a file", ["a.txt"], "/f/x", { code: "COPY_DESTINATION_CONFLICT" }],
    ["a loop of links", ["a.txt"], "/loop/x", { code: "SNAPSHOT_LINK_LOOP" }],
    ["a pattern that is none", ["[a"], "/x", { code: "PATTERN_INVALID" }],
    [
      "a wildcard in a directory that is missing",
      ["./dd/*.txt"],
      "/x",
      { code: "COPY_SOURCE_MISSING", data: { source: "./dd/*.txt" }, hint: "Did you mean d?" },
    ],
    ["a directory to make whose name would delete", ["a.txt"], "/.wh.app/x", { code: "COPY_RESERVED_NAME" }],
  ])("refuses %s", async (_, sources, to, error) => {
    const parent = tree("dir app", "dir app/x", "dir app/x/a.txt", "file f", "link loop -> loop");
    await expect(copied(source, parent, { sources, to })).rejects.toMatchObject(error);
  });

  it.each([
    ["a pivot that is missing", "none/./x*", "COPY_SOURCE_MISSING"],
    ["a pivot that is a file", "a.txt/./x*", "COPY_SOURCE_MISSING"],
    ["a link in the place of a parent", "d/sub/y", "COPY_DESTINATION_CONFLICT"],
  ])("refuses with --parents %s", async (_, path, code) => {
    const copy = { sources: [path], to: "/n", step: { parents: "keep" } } as const;
    await expect(copied(source, tree("dir n", "link n/d -> /tmp"), copy)).rejects.toMatchObject({ code });
  });

  it.each([
    ["a directory over a link inside the copied tree", "link n/sub -> /tmp", "COPY_DESTINATION_CONFLICT"],
    ["a file over a directory inside the copied tree", "dir n/x", "COPY_DESTINATION_CONFLICT"],
  ])("refuses %s", async (_, line, code) => {
    await expect(copied(source, tree("dir n", line), { sources: ["d"], to: "/n" })).rejects.toMatchObject({
      code,
    });
  });

  it("replaces a link by a file inside the copied tree", async () => {
    const parent = tree("dir n", "link n/x -> /etc/passwd");
    expect(await copied(source, parent, { sources: ["d"], to: "/n" })).toContain("file n/x 0644 X");
  });

  it("refuses names that would delete, devices of the context, and nothing else of their kind", async () => {
    const wh = tree("dir w", "file w/.wh.x");
    await expect(copied(wh, root, { sources: ["w"], to: "/n" })).rejects.toMatchObject({
      code: "COPY_RESERVED_NAME",
    });
    const device = tree("dir w", "char w/null", "fifo w/pipe");
    const copy = { sources: ["w"], to: "/n" };
    await expect(copied(device, root, copy)).rejects.toMatchObject({ code: "COPY_SOURCE_UNSUPPORTED" });
    const request = { source: { kind: "stage", snapshot: device } } as const;
    expect(await copied(device, root, { ...copy, request })).toEqual([
      "dir n 0755 *",
      "char n/null 0644",
      "fifo n/pipe 0644",
    ]);
  });

  it("names the ignore rule that hides a source", async () => {
    const explainMissing = () => ({ pattern: "dist", line: 3 });
    const request = { source: { kind: "context", snapshot: source, explainMissing } } as const;
    await expect(copied(source, root, { sources: ["dist"], to: "/x", request })).rejects.toMatchObject({
      message: "not in the build context: dist (left out by the ignore rule dist in line 3)",
      data: { ignoredBy: { pattern: "dist", line: 3 } },
    });
  });
});
