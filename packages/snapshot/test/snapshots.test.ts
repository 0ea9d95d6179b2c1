import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { digestOf, type LayerTree, parseDiffId, type TreeEntry } from "@oci-build/oci";
import { Volume } from "memfs";
import { onTestFinished } from "vitest";
import { emptyFileTree, type ScanTarOptions, type Snapshot, scanDirectory, scanTar } from "../src/index.js";
import { tarBytes } from "../src/testing/tar-bytes.js";
import { bytesReader, readFileBytes, tree, treeEntries } from "../src/testing/tree-lines.js";
import { writeTree } from "../src/testing/write-tree.js";
import { describeSnapshot } from "./describe-snapshot.js";
import { temporaryDirectory } from "./temporary-directory.js";

const owners = { uid: 0, gid: 0 };

describeSnapshot("a directory on disk", async (lines) => {
  const root = await temporaryDirectory();
  writeTree(fs, root, ...lines);
  return (await scanDirectory({ root, owners, xattrs: "skip" })).snapshot;
});

describeSnapshot("a memfs volume", async (lines) => {
  const volume = new Volume();
  volume.mkdirSync("/context");
  writeTree(volume, "/context", ...lines);
  return (await scanDirectory({ root: "/context", fs: volume, owners, xattrs: "skip" })).snapshot;
});

describeSnapshot("a tree in memory", async (lines) => tree(...lines));

async function scannedTar(tar: ScanTarOptions["tar"]): Promise<Snapshot> {
  const snapshot = await scanTar({ tar });
  onTestFinished(() => snapshot[Symbol.asyncDispose]());
  return snapshot;
}

describeSnapshot("a tar", async (lines) => {
  const file = path.join(await temporaryDirectory(), "tree.tar");
  fs.writeFileSync(file, tarBytes(...lines));
  return scannedTar(file);
});

describeSnapshot("a compressed tar", async (lines) => {
  const file = path.join(await temporaryDirectory(), "tree.tar.gz");
  fs.writeFileSync(file, gzipSync(tarBytes(...lines)));
  return scannedTar(file);
});

describeSnapshot("a tar in a stream", async (lines) => {
  const bytes = tarBytes(...lines);
  return scannedTar(
    (async function* () {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    })(),
  );
});

describeSnapshot("a stack of layers", async (lines) => {
  const half = Math.ceil(lines.length / 2);
  const source = tree(...lines);
  const bytes = new Map<string, Buffer>();
  const layers: LayerTree[] = [];
  for (const [index, part] of [lines.slice(0, half), lines.slice(half)].entries()) {
    const entries: TreeEntry[] = [];
    for (const entry of treeEntries(...part)) {
      if (entry.type !== "file") {
        entries.push(entry);
        continue;
      }
      const content = await readFileBytes(source, entry.path);
      bytes.set(entry.path, content);
      entries.push({ ...entry, digest: digestOf(content), dataOffset: 0 });
    }
    layers.push({ diffId: parseDiffId(`sha256:${String(index).repeat(64)}`), entries });
  }
  const empty = emptyFileTree((_, { path }) => bytesReader(bytes.get(path) ?? Buffer.alloc(0)));
  return layers.reduce((below, layer) => below.applyLayer(layer), empty);
});
