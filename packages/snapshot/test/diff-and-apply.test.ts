import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { readLayerTree, writeLayer } from "@oci-build/oci";
import { describe, expect, it, onTestFinished } from "vitest";
import { applyChanges, changeSet, diffSnapshots, scanDirectory, scanTar } from "../src/index.js";
import { diffLines } from "../src/testing/diff-lines.js";
import { tarBytes } from "../src/testing/tar-bytes.js";
import { treeLines } from "../src/testing/tree-lines.js";
import { writeTree } from "../src/testing/write-tree.js";
import { temporaryDirectory } from "./temporary-directory.js";

const released = [
  "dir lib 0755",
  "file lib/a.js 0644 @60 'one'",
  "file lib/b.js 0644 @60 'two'",
  "hardlink lib/c.js -> lib/b.js",
  "dir old 0755",
  "file old/x 0644 'x'",
  "file same 0600 @60 'same'",
];
const built = [
  "dir lib 0755",
  "file lib/a.js 0755 @60 'ONE'",
  "file lib/b.js 0644 @60 'two'",
  "hardlink lib/c.js -> lib/b.js",
  "link lib/d.js -> a.js",
  "file old 0644 ''",
  "file same 0600 @90 'same'",
];

describe("a tar and a directory", () => {
  it("are compared, and the changes give the one when applied to the other", async () => {
    const folder = await temporaryDirectory();
    const file = path.join(folder, "released.tar.gz");
    fs.writeFileSync(file, gzipSync(tarBytes(...released)));
    const before = await scanTar({ tar: file });
    onTestFinished(() => before[Symbol.asyncDispose]());
    const root = path.join(folder, "built");
    fs.mkdirSync(root);
    writeTree(fs, root, ...built);
    const { snapshot: after } = await scanDirectory({ root, owners: { uid: 0, gid: 0 }, xattrs: "skip" });

    expect(diffLines(await diffSnapshots(before, after))).toEqual([
      "~ lib/a.js: mode, content",
      "+ lib/d.js",
      "~ old: type, mode",
      "- old/x",
    ]);
    const differences = await diffSnapshots(before, after, { times: "compare" });
    expect(diffLines(differences)).toContain("~ same: mtime");

    const changes = changeSet(differences, after, { before });
    const applied = applyChanges(before, changes);
    expect(await treeLines(applied)).toEqual(await treeLines(after));
    expect(await diffSnapshots(applied, after, { times: "compare" })).toEqual([]);
    expect(await diffSnapshots(applyChanges(applied, []), after, { times: "compare" })).toEqual([]);

    const chunks: Uint8Array[] = [];
    await writeLayer(changes, (chunk) => void chunks.push(Uint8Array.from(chunk)), { compression: "none" });
    const { entries } = await readLayerTree(Readable.from(chunks));
    expect(entries.map((entry) => entry.path)).toEqual(changes.map((entry) => entry.path));
  });
});
