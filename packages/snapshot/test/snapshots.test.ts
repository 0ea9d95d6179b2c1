import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { digestOf, type LayerTree, parseDiffId, type TreeEntry } from "@oci-build/oci";
import { Volume } from "memfs";
import { onTestFinished } from "vitest";
import {
  emptyFileTree,
  type PatternMatcher,
  type ScanTarOptions,
  type Snapshot,
  scanDirectory,
  scanTar,
} from "../src/index.js";
import { tarBytes } from "../src/testing/tar-bytes.js";
import { bytesReader, readFileBytes, tree, treeEntries } from "../src/testing/tree-lines.js";
import { writeTree } from "../src/testing/write-tree.js";
import { describeScan } from "./describe-scan.js";
import { describeSnapshot } from "./describe-snapshot.js";
import { temporaryDirectory } from "./temporary-directory.js";

const owners = { uid: 0, gid: 0 };

/** What is scanned: both contracts hold for it. */
const scans: readonly (readonly [string, Parameters<typeof describeScan>[1]])[] = [
  [
    "a directory on disk",
    async (lines, ignore) => {
      const root = await temporaryDirectory();
      writeTree(fs, root, ...lines);
      return (await scanDirectory({ root, owners, ignore, xattrs: "skip" })).snapshot;
    },
  ],
  [
    "a memfs volume",
    async (lines, ignore) => {
      const volume = new Volume();
      volume.mkdirSync("/context");
      writeTree(volume, "/context", ...lines);
      const options = { root: "/context", fs: volume, owners, ignore, xattrs: "skip" } as const;
      return (await scanDirectory(options)).snapshot;
    },
  ],
  ["a tar", async (lines, ignore) => scannedTar(await tarFile(tarBytes(...lines)), ignore)],
  [
    "a compressed tar",
    async (lines, ignore) => scannedTar(await tarFile(gzipSync(tarBytes(...lines))), ignore),
  ],
  [
    "a tar in a stream",
    async (lines, ignore) => scannedTar(Readable.from(pieces(tarBytes(...lines))), ignore),
  ],
  [
    "a tar that names everything twice",
    async (lines, ignore) => scannedTar(await tarFile(tarBytes(...lines, ...lines)), ignore),
  ],
];

async function scannedTar(tar: ScanTarOptions["tar"], ignore: PatternMatcher | undefined): Promise<Snapshot> {
  const snapshot = await scanTar({ tar, ignore });
  onTestFinished(() => snapshot[Symbol.asyncDispose]());
  return snapshot;
}

async function tarFile(bytes: Uint8Array): Promise<string> {
  const file = path.join(await temporaryDirectory(), "tree.tar");
  fs.writeFileSync(file, bytes);
  return file;
}

function* pieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

for (const [name, make] of scans) {
  describeSnapshot(name, make);
  describeScan(name, make);
}

describeSnapshot("a tree in memory", async (lines) => tree(...lines));

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
