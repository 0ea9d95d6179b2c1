import fs from "node:fs";
import path from "node:path";
import fc, { type Arbitrary } from "fast-check";
import { treeEntries } from "../../../packages/snapshot/src/testing/tree-lines.js";
import { writeTree } from "../../../packages/snapshot/src/testing/write-tree.js";
import { runTool } from "../tools.js";

/** One thing that a program may do to a tree. */
export interface TreeEdit {
  readonly kind:
    | "write"
    | "append"
    | "remove"
    | "make directory"
    | "make again"
    | "link"
    | "hard link"
    | "mode"
    | "owner"
    | "time"
    | "attribute"
    | "rename";
  readonly path: string;
  readonly other: string;
}

const names = ["a", "b", "d", "d/x", "d/e", "d/e/y", "d/e/z", "f", "f/g", "n", "n/m"] as const;

/** A tree to begin with, as lines (see `tree`): directories, files, links; some have attributes, some further names. */
export const treeLinesToEdit: Arbitrary<readonly string[]> = fc.constantFrom(
  ["dir d 0755", "file d/x 0644 'x'", "dir d/e 0700 ", "file d/e/y 0600 'y'", "file a 0644 'a'"],
  ["dir d 0755", "dir d/e 0755", "file d/e/z 0644 'z'", "dir f 0711", "link f/g -> ../a", "file b 0755 ''"],
  ["file d 0644 'd'", "dir f 0755", "file f/g 0644 'g'", "link a -> d", "file n 0644 'n'"],
  [
    "dir d 0755 user.note=d",
    "file d/x 0644 'x' user.note=x user.more=y",
    "hardlink a -> d/x",
    "hardlink n -> a",
  ],
  [
    "dir d 0755",
    "file b 0644 'b'",
    "hardlink d/x -> b",
    "dir f 0755 user.note=f",
    "file f/g 0600 'g' user.note=g",
  ],
);

/** A few edits, one after the other. */
export const treeEdits: Arbitrary<readonly TreeEdit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<TreeEdit["kind"]>(
      ...(["write", "append", "remove", "remove", "make directory", "make again"] as const),
      ...(["link", "hard link", "mode", "owner", "time", "attribute", "attribute", "rename"] as const),
    ),
    path: fc.constantFrom(...names),
    other: fc.constantFrom(...names),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Makes a tree of lines, with its attributes. */
export function writeTreeToEdit(root: string, lines: readonly string[]): void {
  writeTree(fs, root, ...lines);
  for (const entry of treeEntries(...lines)) {
    if (!("xattrs" in entry)) continue;
    for (const [name, value] of entry.xattrs ?? []) setAttribute(path.join(root, entry.path), name, value);
  }
}

/** Sets an extended attribute of a file or directory. */
export function setAttribute(file: string, name: string, value: Uint8Array): void {
  runTool("setfattr", ["-n", name, "-v", `0x${Buffer.from(value).toString("hex")}`, file]);
}

const toggle = 'setfattr -x user.note "$1" 2>/dev/null || setfattr -n user.note -v "$2" "$1"';

/** Takes an attribute away, or sets it where there is none. */
function toggleAttribute(file: string, value: string): void {
  runTool("sh", ["-c", toggle, "sh", file, value]);
}

/** Does an edit below `root`; what cannot be done there is left out. */
export function applyEdit(root: string, edit: TreeEdit): void {
  const file = path.join(root, edit.path);
  if (!hasParent(root, edit.path)) return;
  const kind = kindOf(file);
  switch (edit.kind) {
    case "write":
      if (kind !== "file") fs.rmSync(file, { recursive: true, force: true });
      fs.writeFileSync(file, `written ${edit.other}`);
      return;
    case "append":
      if (kind === "file") fs.appendFileSync(file, "more");
      return;
    case "remove":
      fs.rmSync(file, { recursive: true, force: true });
      return;
    case "make directory":
      if (kind !== "directory") fs.rmSync(file, { force: true });
      fs.mkdirSync(file, { recursive: true });
      return;
    case "make again":
      fs.rmSync(file, { recursive: true, force: true });
      fs.mkdirSync(file);
      fs.writeFileSync(path.join(file, "new"), "new");
      return;
    case "link":
      fs.rmSync(file, { recursive: true, force: true });
      fs.symlinkSync(edit.other, file);
      return;
    case "mode":
      if (kind === "file" || kind === "directory") fs.chmodSync(file, 0o750);
      return;
    case "owner":
      if (kind !== undefined) fs.lchownSync(file, 3, 4);
      return;
    case "time":
      if (kind !== undefined) fs.lutimesSync(file, 1_000_000, 1_000_000);
      return;
    case "attribute":
      // Only these two have attributes of users.
      if (kind === "file" || kind === "directory") toggleAttribute(file, edit.other);
      return;
    case "hard link":
    case "rename":
      if (kind === "file") moveOrLink(root, edit.kind, edit);
  }
}

/** Of files only: directories of a lower layer cannot be renamed without redirects. */
function moveOrLink(root: string, kind: "hard link" | "rename", edit: TreeEdit): void {
  const [from, to] = [path.join(root, edit.path), path.join(root, edit.other)];
  if (!hasParent(root, edit.other) || kindOf(to) !== undefined) return;
  if (kind === "rename") fs.renameSync(from, to);
  else fs.linkSync(from, to);
}

/** Whether all above a path are directories, and no links. */
function hasParent(root: string, name: string): boolean {
  const parts = name.split("/").slice(0, -1);
  return parts.every((_, index) => kindOf(path.join(root, ...parts.slice(0, index + 1))) === "directory");
}

/** Its parent must be a directory. */
function kindOf(file: string): "file" | "directory" | "other" | undefined {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other";
}
