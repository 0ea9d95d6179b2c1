import { describe, expect, it } from "vitest";
import { resolvePath } from "./resolve-path.js";
import { tree } from "./testing/tree-lines.js";

const snapshot = tree(
  "dir usr 0755",
  "dir usr/bin 0755",
  "file usr/bin/sh 0755 ''",
  "link bin -> usr/bin",
  "link abs -> /usr/bin",
  "link up -> ../../../usr",
  "link usr/root -> /",
  "link usr/back -> ../bin",
  "link dangling -> usr/none/x",
  "link loop -> loop",
  "link ping -> pong",
  "link pong -> ping",
  "link slashes -> .//usr/./bin//",
);

describe("resolvePath", () => {
  it.each([
    ["", ""],
    ["/", ""],
    [".", ""],
    ["..", ""],
    ["../../usr", "usr"],
    ["usr/bin/sh", "usr/bin/sh"],
    ["/usr//bin/./sh/", "usr/bin/sh"],
    ["bin/sh", "usr/bin/sh"],
    ["abs/sh", "usr/bin/sh"],
    ["up/bin", "usr/bin"],
    ["usr/root/bin/sh", "usr/bin/sh"],
    ["usr/back/sh", "usr/bin/sh"],
    ["bin/..", "usr"],
    ["bin/../../bin/sh", "usr/bin/sh"],
    ["slashes/sh", "usr/bin/sh"],
    ["bin", "usr/bin"],
    ["dangling", "usr/none/x"],
    ["dangling/y", "usr/none/x/y"],
    ["none/../bin", "usr/bin"],
    ["new/dir/file", "new/dir/file"],
    ["usr/bin/sh/below", "usr/bin/sh/below"],
  ])("leads %j to %j", (path, resolved) => {
    expect(resolvePath(snapshot, path, "follow-last")).toEqual({
      path: resolved,
      entry: snapshot.get(resolved),
    });
  });

  it.each([
    ["bin", "bin"],
    ["bin/sh", "usr/bin/sh"],
    ["usr/root/bin", "bin"],
    ["loop", "loop"],
    ["dangling", "dangling"],
  ])("keeps the last link of %j: %j", (path, resolved) => {
    expect(resolvePath(snapshot, path, "keep-last").path).toBe(resolved);
  });

  it.each(["loop", "loop/x", "ping"])("fails on %j, which never ends", (path) => {
    const resolve = () => resolvePath(snapshot, path, "follow-last");
    expect(resolve).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_LINK_LOOP", data: { path, limit: 255 } }),
    );
  });

  it("follows 255 links and no more", () => {
    const chain = (length: number) =>
      tree("file l0 0644 ''", ...Array.from({ length }, (_, index) => `link l${index + 1} -> l${index}`));
    expect(resolvePath(chain(255), "l255", "follow-last").path).toBe("l0");
    expect(() => resolvePath(chain(256), "l256", "follow-last")).toThrow();
  });
});
