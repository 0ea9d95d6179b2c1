import fs from "node:fs";
import path from "node:path";
import type { LayerEntry } from "@oci-build/oci";
import {
  changeSet,
  diffSnapshots,
  type FileTree,
  fileTreeOf,
  type Snapshot,
  scanDirectory,
} from "../../../packages/snapshot/src/index.js";
import { hasTool } from "../tools.js";
import { setAttribute } from "./tree-edits.js";

/** A folder as it is now; its files are read when they are asked for. */
export async function scanned(root: string): Promise<Snapshot> {
  const { snapshot } = await scanDirectory({ root, owners: "keep", xattrs: "read" });
  return snapshot;
}

/** Why extended attributes are not set or not seen in a folder; undefined when they are. */
export async function attributesObstacle(folder: string): Promise<string | undefined> {
  if (!hasTool("setfattr")) return "setfattr is not installed";
  fs.mkdirSync(path.join(folder, "probe"), { recursive: true });
  try {
    setAttribute(path.join(folder, "probe"), "user.note", Buffer.from("x"));
  } catch (error) {
    return `attributes cannot be set: ${String((error as { readonly stderr?: unknown }).stderr).trim()}`;
  }
  const { xattrs } = (await scanned(folder)).get("probe") ?? {};
  return xattrs?.has("user.note") === true ? undefined : "@napi-rs/xattr cannot be loaded";
}

/** What a layer needs to make the second tree of the first. */
export async function changes(before: Snapshot, after: Snapshot): Promise<readonly LayerEntry[]> {
  return changeSet(await diffSnapshots(before, after, { times: "compare" }), after, { before });
}

/** All of a snapshot as a tree that layers can be put on, with all bytes read, so that the folder may change. */
export async function copied(snapshot: Snapshot): Promise<FileTree> {
  const entries = await changes(fileTreeOf([]), snapshot);
  return fileTreeOf(await Promise.all(entries.map(withBytes)));
}

async function withBytes(entry: LayerEntry): Promise<LayerEntry> {
  if (entry.type !== "file") return entry;
  const bytes = new Uint8Array(entry.size);
  const reader = await entry.open();
  await reader.read(bytes);
  await reader.close();
  return { ...entry, open: () => readerOf(bytes) };
}

function readerOf(bytes: Uint8Array) {
  let offset = 0;
  return {
    read: (target: Uint8Array) => {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      offset += part.length;
      return part.length;
    },
    close: () => undefined,
  };
}

/** An entry as type, path and, for links, target. */
export function entryLine(entry: LayerEntry): string {
  return "target" in entry ? `${entry.type} ${entry.path} -> ${entry.target}` : `${entry.type} ${entry.path}`;
}
