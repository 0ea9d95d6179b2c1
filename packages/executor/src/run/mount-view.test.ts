import { describe, expect, it } from "vitest";
import { tree } from "../../../snapshot/src/testing/tree-lines.js";
import { MountView } from "./mount-view.js";

describe("MountView", () => {
  it("shows the last mount at a path, and none of a name that begins alike", () => {
    const view = new MountView(tree("file a/x 0644 ''", "file ab/x 0644 ''"));
    view.add("a", tree("file y 0644 ''"));
    view.add("a", tree("file z 0644 ''"));
    expect(["a/x", "a/y", "a/z", "ab/x"].filter((path) => view.get(path) !== undefined)).toEqual([
      "a/z",
      "ab/x",
    ]);
    expect(view.mountAt("ab/x")).toBeUndefined();
  });

  it("names the outermost of the mounts above a path that others may be changing", () => {
    const view = new MountView(tree());
    view.add("a", tree());
    view.add("a/b", tree(), { content: "shared" });
    view.add("a/b/c", tree(), { content: "shared" });
    view.add("ab", tree(), { content: "shared" });
    expect(["a/x", "a/b", "a/b/x", "a/b/c", "a/b/c/x"].map((path) => view.sharedAbove(path))).toEqual([
      undefined,
      undefined,
      "a/b",
      "a/b",
      "a/b",
    ]);
  });
});
