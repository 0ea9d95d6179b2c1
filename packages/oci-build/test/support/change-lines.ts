import type { Entry, LayerEntry } from "@oci-build/oci";
import { fileTreeOf, type Snapshot } from "@oci-build/snapshot";
import type { ChangeSet, LayerChange } from "../../src/copy/change.js";
import { eachChange } from "../../src/copy/graft-changes.js";
import { textFile } from "./text-file.js";

/** A tree from lines such as `dir a 0750 1:2`, `file a/b 0644 1:2 text`, `link a/c -> ../b`, `hard a/d = a/b`,
 * `fifo p`, `char dev`. Mode and owner may be left out, and must stand in this order. */
export function tree(...lines: readonly string[]): Snapshot {
  return fileTreeOf(lines.map(parseLine));
}

/** The changes of a step as lines: type, path, mode, owner, then a file's text, a link's target or a device. A time
 * that is the record's is marked with `*`. */
export async function changeLines(changes: ChangeSet): Promise<string[]> {
  return Promise.all(Array.from(eachChange(changes), changeLine));
}

const linePattern = /^(\w+) (\S+)(?: (0\d+))?(?: (\d+):(\d+))?(?: (?:->|=) (\S+))?(?: (.*))?$/;

function parseLine(line: string): LayerEntry {
  const match = linePattern.exec(line);
  if (match === null) throw new Error(`not a tree line: ${line}`);
  const [, kind, path = "", mode, uid = "0", gid = "0", target = "", text = ""] = match;
  const owner = { uid: Number(uid), gid: Number(gid), mtimeSec: 1 };
  const bits = (fallback: number): number => (mode === undefined ? fallback : Number.parseInt(mode, 8));
  switch (kind) {
    case "dir":
      return { type: "directory", path, mode: bits(0o755), ...owner };
    case "file":
      return textFile(path, text, { mode: bits(0o644), ...owner });
    case "link":
      return { type: "symlink", path, mode: 0o777, target, ...owner };
    case "hard":
      return { type: "hardlink", path, mode: bits(0o644), target, ...owner };
    case "fifo":
      return { type: "fifo", path, mode: bits(0o644), ...owner };
    case "char":
      return { type: "character-device", path, mode: bits(0o644), deviceMajor: 1, deviceMinor: 3, ...owner };
    default:
      throw new Error(`not a kind of entry: ${kind}`);
  }
}

const kinds: Readonly<Record<(LayerChange["entry"] | Entry)["type"], string>> = {
  directory: "dir",
  file: "file",
  symlink: "link",
  hardlink: "hard",
  fifo: "fifo",
  "character-device": "char",
  "block-device": "block",
};

async function changeLine(change: LayerChange): Promise<string> {
  const { entry, mtime } = change;
  const mode = entry.type === "symlink" ? "" : ` 0${entry.mode.toString(8)}`;
  const owner = entry.uid === 0 && entry.gid === 0 ? "" : ` ${entry.uid}:${entry.gid}`;
  const rest = await restOf(change);
  return `${kinds[entry.type]} ${entry.path}${mode}${owner}${rest}${mtime === "record" ? " *" : ""}`;
}

async function restOf(change: LayerChange): Promise<string> {
  const { entry } = change;
  if (entry.type === "symlink") return ` -> ${entry.target}`;
  if (entry.type === "hardlink") return ` = ${entry.target}`;
  if (entry.type !== "file" || !("origin" in change) || change.origin === undefined) return "";
  const reader = await change.origin.snapshot.openFile(change.origin.path);
  const bytes = Buffer.alloc(1000);
  const size = await reader.read(bytes);
  await reader.close();
  return size === 0 ? "" : ` ${bytes.toString("utf8", 0, size)}`;
}
