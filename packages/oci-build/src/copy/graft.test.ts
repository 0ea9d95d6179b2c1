import { parseChmod } from "@oci-build/dockerfile";
import type { LayerEntry } from "@oci-build/oci";
import { fileTreeOf, type Snapshot, scanDirectory } from "@oci-build/snapshot";
import fc from "fast-check";
import { Volume } from "memfs";
import { describe, expect, it } from "vitest";
import { changeLines, tree } from "../../test/support/change-lines.js";
import { copyRequest } from "../../test/support/copy-request.js";
import { textFile } from "../../test/support/text-file.js";
import { digestChanges } from "../solve/digest-changes.js";
import type { ChangeSet, Graft } from "./change.js";
import { isGraft } from "./graft-changes.js";
import { selectCopy } from "./select-copy.js";

/** A scanned context of files by path; a text of `dir` makes a directory. */
async function contextOf(files: Readonly<Record<string, string>>): Promise<Snapshot> {
  const volume = new Volume();
  for (const [path, text] of Object.entries(files)) {
    if (text === "dir") volume.mkdirSync(`/${path}`, { recursive: true });
    else {
      volume.mkdirSync(`/${path}/..`, { recursive: true });
      volume.writeFileSync(`/${path}`, text);
    }
  }
  const owners = { uid: 0, gid: 0 };
  return (await scanDirectory({ root: "/", fs: volume, owners, xattrs: "skip" })).snapshot;
}

/** The same tree without what makes grafts possible. */
function ungrafted(snapshot: Snapshot): Snapshot {
  return {
    entries: () => snapshot.entries(),
    get: (path) => snapshot.get(path),
    list: (path) => snapshot.list(path),
    openFile: (path) => snapshot.openFile(path),
    fileDigest: (path) => snapshot.fileDigest(path),
  };
}

function graftsOf({ parts }: ChangeSet): readonly string[] {
  return parts.filter((part): part is Graft => isGraft(part)).map(({ placement }) => placement.path);
}

const context = {
  "package.json": "{}",
  "src/a.js": "a",
  "src/lib/b.js": "b",
  "src/lib/c.js": "c",
  "docs/d.md": "d",
};

describe("a copied directory", () => {
  it.each([
    ["at once where nothing is", ".", "/app/", [], ["app"]],
    ["at once into an empty directory", ".", "/app/", ["dir app"], ["app"]],
    ["at once into the root of an empty tree", ".", "/", [], [""]],
    [
      "by its directories where a file is",
      ".",
      "/app/",
      ["dir app", "file app/package.json old"],
      ["app/docs", "app/src"],
    ],
    [
      "below the directories that exist",
      ".",
      "/app",
      ["dir app", "dir app/src", "file app/src/z z"],
      ["app/docs", "app/src/lib"],
    ],
    ["at once through a link", "src", "/link/", ["dir app", "link link -> app"], ["app"]],
  ])("is placed %s", async (_, from, to, below, grafts) => {
    const changes = await selectCopy(
      copyRequest(await contextOf(context), { sources: [from], to }),
      tree(...below),
    );
    expect(graftsOf(changes)).toEqual(grafts);
  });

  it("is placed entry by entry where it holds hard links, and at once beside them", async () => {
    const volume = Volume.fromJSON({ "/a/b/c": "1", "/a/d/e": "2", "/f/g": "3" });
    volume.linkSync("/a/b/c", "/a/b/h");
    const owners = { uid: 0, gid: 0 };
    const { snapshot } = await scanDirectory({ root: "/", fs: volume, owners, xattrs: "skip" });
    const changes = await selectCopy(copyRequest(snapshot, { sources: ["."], to: "/x/" }), tree());
    expect(graftsOf(changes)).toEqual(["x/a/d", "x/f"]);
    expect(await changeLines(changes)).toContain("hard x/a/b/h 0666 = x/a/b/c");
  });

  it("refuses names that layers reserve, however deep they lie", async () => {
    const snapshot = await contextOf({ "a/b/.wh.c": "" });
    await expect(
      selectCopy(copyRequest(snapshot, { sources: ["."], to: "/" }), tree()),
    ).rejects.toMatchObject({
      code: "COPY_RESERVED_NAME",
      data: { path: "/a/b/.wh.c" },
    });
  });

  it.each([
    ["a file in it", ["src", "docs/d.md"], "/app/", ["file app/d.md"]],
    ["a directory beside what is in it", ["src", "docs"], "/app/", ["file app/d.md"]],
    ["the same directory", ["src", "src"], "/app/", []],
  ])("gives way when a later source writes %s", async (_, sources, to, more) => {
    const snapshot = await contextOf(context);
    const changes = await selectCopy(copyRequest(snapshot, { sources, to }), tree());
    const slow = await selectCopy(copyRequest(ungrafted(snapshot), { sources, to }), tree());
    expect(await changeLines(changes)).toEqual(await changeLines(slow));
    for (const line of more) expect((await changeLines(changes)).join("\n")).toContain(line);
  });

  it("gives the changes and the content digest that its entries give one by one", async () => {
    const name = fc.constantFrom("a", "b", "c-d", "ü");
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
    const files = fc.uniqueArray(path, { maxLength: 12 });
    const copies = fc.record({
      sources: fc.array(fc.oneof(fc.constant("."), path, fc.constant("*")), { minLength: 1, maxLength: 3 }),
      to: fc.oneof(
        fc.constant("/"),
        path.map((to) => `/${to}/`),
      ),
      chmod: fc.constantFrom(undefined, "0700", "u+x,go=r"),
      owner: fc.constantFrom(undefined, { uid: 7, gid: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(files, files, copies, async (source, below, { sources, to, chmod, owner }) => {
        const snapshot = await contextOf(
          Object.fromEntries(withoutClashes(source).map((file) => [file, file])),
        );
        const parent = fileTreeOf(withoutClashes(below).map((file): LayerEntry => textFile(file, "old")));
        const parsed = chmod === undefined ? undefined : parseChmod(chmod);
        const request = { owner, chmod: parsed?.ok === true ? parsed : undefined };
        const [fast, slow] = await Promise.all(
          [snapshot, ungrafted(snapshot)].map((from) =>
            outcome(copyRequest(from, { sources, to, request }), parent),
          ),
        );
        expect(fast).toEqual(slow);
      }),
      { numRuns: 300 },
    );
  });
});

/** Paths of which none lies below another. */
function withoutClashes(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}

/** The changes and their digest, or the error's code. */
async function outcome(request: ReturnType<typeof copyRequest>, parent: Snapshot): Promise<unknown> {
  try {
    const changes = await selectCopy(request, parent);
    return { lines: await changeLines(changes), digest: await digestChanges(changes, {}) };
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}
