import fs from "node:fs";
import { Volume } from "memfs";
import { scanDirectory } from "../src/index.js";
import { tree } from "../src/testing/tree-lines.js";
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
