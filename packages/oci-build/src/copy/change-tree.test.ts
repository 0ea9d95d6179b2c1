import type { Entry } from "@oci-build/oci";
import { fileTreeOf } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import { changeLines, tree } from "../../test/support/change-lines.js";
import type { Change } from "./change.js";
import { ChangeTree } from "./change-tree.js";

const meta = { mode: 0o755, uid: 0, gid: 0, mtimeSec: 0 };
const put = (type: "directory" | "fifo", path: string): Change => {
  const entry: Entry = { type, path, ...meta };
  return { entry, mtime: "source" };
};
const root = { uid: 0, gid: 0 };

describe("ChangeTree.replace", () => {
  it("takes what lay in a replaced directory away, from below and from the step itself", async () => {
    const changes = new ChangeTree(tree("dir d", "dir d/below", "file d/below/f"));
    changes.put(put("fifo", "d/own"));
    changes.replace(put("fifo", "d"));
    expect(changes.get("d/below/f")).toBeUndefined();
    expect(changes.get("d/own")).toBeUndefined();
    expect(await changeLines(changes.changeSet())).toEqual(["fifo d 0755"]);
  });

  it("keeps what comes after a directory took the place again", async () => {
    const changes = new ChangeTree(tree("dir d", "file d/f"));
    changes.replace(put("fifo", "d"));
    changes.replace(put("directory", "d"));
    changes.makeDirectories("d/new", root);
    expect(changes.get("d/f")).toBeUndefined();
    expect(await changeLines(changes.changeSet())).toEqual(["dir d 0755", "dir d/new 0755 *"]);
  });

  it("replaces 30,000 directories without going through all changes for each", () => {
    const names = Array.from({ length: 30_000 }, (_, index) => `d${index}`);
    const parent = fileTreeOf(names.map((path) => ({ type: "directory", path, ...meta })));
    const changes = new ChangeTree(parent);
    for (const name of names) changes.replace(put("fifo", name));
    expect(changes.changeSet().parts).toHaveLength(30_000);
  });
});

describe("ChangeTree", () => {
  it.each(["put", "replace"] as const)("refuses names that would delete: %s", (verb) => {
    const changes = new ChangeTree(tree());
    expect(() => changes[verb](put("fifo", ".wh.x"))).toThrow(
      expect.objectContaining({ code: "COPY_RESERVED_NAME" }),
    );
    expect(() => changes.makeDirectories(".wh.x/y", root)).toThrow(
      expect.objectContaining({ code: "COPY_RESERVED_NAME" }),
    );
  });
});
