import type { EntryMeta, FileReader, LayerEntry, Xattrs } from "@oci-build/oci";
import type { Snapshot } from "../snapshot.js";
import { type FileTree, fileTreeOf } from "../tree/file-tree.js";
import { readLineTokens } from "./line-tokens.js";

/** A tree for tests, one line an entry: `TYPE PATH [MODE] [UID:GID] [@SECONDS] [NAME=VALUE…] …`.
 *
 * ```
 * dir a 0755 1:2 @60          file a/b 0644 'text' user.note=x     link a/c -> b
 * hardlink d -> a/b           fifo f       char n 1,3       block s 8,0
 * whiteout old                opaque a
 * ```
 * Modes are 0755 for directories and 0644 for the rest unless given, owners 0:0, times 0. Words with blanks stand in
 * single quotes; `\n`, `\\`, `\'` and `\xNN` (a byte of a path from 80 on) are escapes there. */
export function tree(...lines: readonly string[]): FileTree {
  return fileTreeOf(treeEntries(...lines));
}

/** The entries that lines describe, in the lines' order. */
export function treeEntries(...lines: readonly string[]): readonly LayerEntry[] {
  return lines.map(parseLine);
}

/** The lines of a tree, in its order; what is as `tree` has it when not given is left out. A file's text stands in
 * quotes. Hard links are shown as links to their first name. */
export async function treeLines(snapshot: Snapshot): Promise<readonly string[]> {
  const lines: string[] = [];
  const firstNames = new Map<string, string>();
  for (const entry of snapshot.entries()) {
    const group = entry.type === "file" ? entry.linkGroup : undefined;
    const first = group === undefined ? undefined : firstNames.get(group);
    if (group !== undefined && first === undefined) firstNames.set(group, entry.path);
    if (first !== undefined) lines.push(`hardlink ${entry.path} -> ${first}`);
    else if (entry.type === "symlink") lines.push(`link ${entry.path}${ownerText(entry)} -> ${entry.target}`);
    else if (entry.type === "file")
      lines.push(`file ${metaText(entry)} '${await fileText(snapshot, entry.path)}'`);
    else if (entry.type === "directory") lines.push(`dir ${metaText(entry)}`);
    else if (entry.type === "fifo") lines.push(`fifo ${metaText(entry)}`);
    else {
      const kind = entry.type === "character-device" ? "char" : "block";
      lines.push(`${kind} ${metaText(entry)} ${entry.deviceMajor},${entry.deviceMinor}`);
    }
  }
  return lines;
}

/** A reader of bytes in memory. */
export function bytesReader(bytes: Uint8Array): FileReader {
  let offset = 0;
  return {
    read: (target) => {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      offset += part.length;
      return part.length;
    },
    close: () => undefined,
  };
}

/** All bytes of a file. */
export async function readFileBytes(snapshot: Snapshot, path: string): Promise<Buffer> {
  const reader = await snapshot.openFile(path);
  const chunks: Buffer[] = [];
  const buffer = new Uint8Array(64);
  try {
    for (let count = await reader.read(buffer); count > 0; count = await reader.read(buffer)) {
      chunks.push(Buffer.from(buffer.subarray(0, count)));
    }
  } finally {
    await reader.close();
  }
  return Buffer.concat(chunks);
}

async function fileText(snapshot: Snapshot, path: string): Promise<string> {
  return (await readFileBytes(snapshot, path)).toString("utf8");
}

function metaText(meta: EntryMeta): string {
  return `${meta.path} 0${meta.mode.toString(8)}${ownerText(meta)}`;
}

function ownerText(meta: EntryMeta): string {
  const owner = meta.uid === 0 && meta.gid === 0 ? "" : ` ${meta.uid}:${meta.gid}`;
  const xattrs = [...(meta.xattrs ?? [])].map(
    ([name, value]) => ` ${name}=${Buffer.from(value).toString("utf8")}`,
  );
  return owner + xattrs.join("");
}

function parseLine(line: string): LayerEntry {
  const [kind, path, ...words] = readLineTokens(line);
  if (kind === undefined || path === undefined) throw new SyntaxError(`not a line of a tree: ${line}`);
  const meta = metaOf(path.text, kind.text === "dir" ? 0o755 : 0o644, words);
  const text = words.find((word) => word.isQuoted)?.text ?? "";
  const target = words[words.findIndex((word) => word.text === "->") + 1]?.text ?? "";
  switch (kind.text) {
    case "dir":
      return { type: "directory", ...meta };
    case "file": {
      const bytes = Buffer.from(text, "utf8");
      return { type: "file", ...meta, size: bytes.length, open: () => bytesReader(bytes) };
    }
    case "link":
      return { type: "symlink", ...meta, mode: 0o777, target };
    case "hardlink":
      return { type: "hardlink", ...meta, target };
    case "fifo":
      return { type: "fifo", ...meta };
    case "char":
      return { type: "character-device", ...meta, ...deviceOf(words) };
    case "block":
      return { type: "block-device", ...meta, ...deviceOf(words) };
    case "whiteout":
      return { type: "whiteout", path: path.text };
    case "opaque":
      return { type: "opaque", path: path.text };
    default:
      throw new SyntaxError(`not a type of entry: ${line}`);
  }
}

type Word = ReturnType<typeof readLineTokens>[number];

function metaOf(path: string, mode: number, words: readonly Word[]): EntryMeta {
  const find = (pattern: RegExp): RegExpExecArray | undefined => {
    for (const word of words) {
      const match = word.isQuoted ? null : pattern.exec(word.text);
      if (match !== null) return match;
    }
    return undefined;
  };
  const owner = find(/^(\d+):(\d+)$/);
  const xattrs = xattrsOf(words);
  return {
    path,
    mode: Number.parseInt(find(/^0[0-7]+$/)?.[0] ?? mode.toString(8), 8),
    uid: Number(owner?.[1] ?? 0),
    gid: Number(owner?.[2] ?? 0),
    mtimeSec: Number(find(/^@(-?\d+)$/)?.[1] ?? 0),
    ...(xattrs.size === 0 ? {} : { xattrs }),
  };
}

function xattrsOf(words: readonly Word[]): Xattrs {
  const xattrs = new Map<string, Uint8Array>();
  for (const word of words) {
    const match = word.isQuoted ? null : /^([a-z]+\.[^=]+)=(.*)$/.exec(word.text);
    if (match?.[1] !== undefined) xattrs.set(match[1], Buffer.from(match[2] ?? "", "utf8"));
  }
  return xattrs;
}

function deviceOf(words: readonly Word[]): { readonly deviceMajor: number; readonly deviceMinor: number } {
  const [major, minor] = words.find((word) => word.text.includes(","))?.text.split(",") ?? [];
  return { deviceMajor: Number(major), deviceMinor: Number(minor) };
}
