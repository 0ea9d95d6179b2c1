// The image holds the files of the volume, less what .dockerignore drops.
import assert from "node:assert/strict";
import { listTree } from "../../scripts/list-tree.mjs";

export default async function check({ config, layers, unpack }) {
  assert.deepEqual(config.config.Cmd, ["/app/main.js"]);
  assert.deepEqual(config.config.Labels, { greeting: "good morning" });
  assert.equal(layers.length, 1);
  const root = await unpack();
  if (root === undefined) return;
  const lines = listTree(root, ["."]).map(
    ({ path, type, mode, owner }) => `${type} ${mode} ${owner} ${path}`,
  );
  assert.deepEqual(lines, [
    "directory 755 0:0 app",
    "directory 755 0:0 app/lib",
    "file 644 0:0 app/lib/empty.js",
    "file 644 0:0 app/main.js",
  ]);
}
