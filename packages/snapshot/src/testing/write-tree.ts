import type { LayerEntry } from "@oci-build/oci";
import { nativePath } from "../scan/native-path.js";
import { treeEntries } from "./tree-lines.js";

/** The part of `node:fs` that makes trees; volumes of memfs have it, too. */
export interface WritableFileSystem {
  mkdirSync(path: string | Buffer, options: { recursive: boolean }): unknown;
  writeFileSync(path: string | Buffer, data: Uint8Array): void;
  chmodSync(path: string | Buffer, mode: number): void;
  symlinkSync(target: string, path: string | Buffer): void;
  linkSync(existing: string | Buffer, path: string | Buffer): void;
  utimesSync(path: string | Buffer, atime: number, mtime: number): void;
}

/** Makes the tree that lines describe (see `tree`): directories, files, links and hard links. Modes are set last, so
 * that directories which cannot be written can be filled. */
export function writeTree(fs: WritableFileSystem, root: string, ...lines: readonly string[]): void {
  const entries = treeEntries(...lines);
  for (const entry of entries) writeEntry(fs, root, entry);
  for (const entry of entries.toReversed()) {
    if (entry.type !== "directory" && entry.type !== "file") continue;
    fs.chmodSync(nativePath(root, entry.path), entry.mode);
    fs.utimesSync(nativePath(root, entry.path), entry.mtimeSec, entry.mtimeSec);
  }
}

function writeEntry(fs: WritableFileSystem, root: string, entry: LayerEntry): void {
  const path = nativePath(root, entry.path);
  switch (entry.type) {
    case "directory":
      fs.mkdirSync(path, { recursive: true });
      return;
    case "file": {
      const bytes = new Uint8Array(entry.size);
      const reader = entry.open();
      if ("read" in reader) void reader.read(bytes);
      fs.writeFileSync(path, bytes);
      return;
    }
    case "symlink":
      fs.symlinkSync(entry.target, path);
      return;
    case "hardlink":
      fs.linkSync(nativePath(root, entry.target), path);
      return;
    default:
      throw new TypeError(`cannot write a ${entry.type}: ${entry.path}`);
  }
}
