import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileTreeOf } from "@oci-build/snapshot";
import { afterAll, describe, expect, it } from "vitest";
import { treeEntries } from "../../../snapshot/src/testing/tree-lines.js";
import { lookAsSelf } from "./look-on-disk.js";
import { upperView } from "./upper-view.js";

const upper = mkdtempSync(path.join(os.tmpdir(), "upper-view-"));
afterAll(() => rmSync(upper, { recursive: true }));
mkdirSync(path.join(upper, "etc"));
mkdirSync(path.join(upper, "opt/new"), { recursive: true });
writeFileSync(path.join(upper, "etc/new"), "12345");
symlinkSync("/elsewhere", path.join(upper, "proc"));

const tree = fileTreeOf(
  treeEntries(
    "dir etc 0755",
    "file etc/old 0644 'x'",
    "dir proc 0555",
    "dir srv 0755",
    "dir opt 0755",
    "dir opt/tool 0755",
    "file opt/tool/a 0644 'x'",
  ),
);
const view = upperView(upper, tree, {
  look: (at) => {
    const found = lookAsSelf(at);
    return found === "hidden" ? undefined : found;
  },
  isOpaque: (at) => at === path.join(upper, "opt"),
});

describe("upperView", () => {
  it("has what the command made, also in place of something", () => {
    expect(view.get("etc/new")).toMatchObject({ type: "file", size: 5 });
    expect(view.get("proc")).toMatchObject({ type: "symlink", target: "/elsewhere" });
  });

  it("has what the command left alone", () => {
    expect(view.get("etc/old")?.type).toBe("file");
    expect(view.get("srv")?.type).toBe("directory");
    expect(view.get("")?.type).toBe("directory");
  });

  it("has nothing of what a directory that was made anew hides", () => {
    expect(view.get("opt")?.type).toBe("directory");
    expect(view.get("opt/new")?.type).toBe("directory");
    expect(view.get("opt/tool")).toBeUndefined();
    expect(view.get("opt/tool/a")).toBeUndefined();
  });

  it("has nothing below a link", () => {
    expect(view.get("proc/self")).toBeUndefined();
  });

  it("has nothing where nothing is", () => {
    expect(view.get("etc/none")).toBeUndefined();
  });
});
