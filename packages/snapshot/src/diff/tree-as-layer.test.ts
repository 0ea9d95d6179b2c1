import { describe, expect, it } from "vitest";
import { tree } from "../testing/tree-lines.js";
import { changeSet } from "./change-set.js";
import { diffSnapshots } from "./diff-snapshots.js";
import { treeAsLayer } from "./tree-as-layer.js";

describe("treeAsLayer", () => {
  it("gives what leads from nothing to a tree, links of a file behind its first name", async () => {
    const whole = tree(
      "dir b 0755",
      "file b/f 0640 5:6 'x'",
      "hardlink c -> b/f",
      "fifo d 0600",
      "link e -> c",
    );
    const plain = (entries: Iterable<object>): unknown => JSON.parse(JSON.stringify([...entries]));
    const given = [...treeAsLayer(whole)];
    expect(plain(given)).toEqual(plain(changeSet(await diffSnapshots(tree(), whole), whole)));
    expect(given.map(({ type, path }) => `${type} ${path}`)).toEqual([
      ...["directory b", "file b/f", "hardlink c", "fifo d", "symlink e"],
    ]);
  });
});
