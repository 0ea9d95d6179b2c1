import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** What is compared of an entry on disk. */
export interface DiskLineOptions {
  /** Gives the owner to expect of every entry, instead of its own. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** A folder's entries as lines: path, type, mode, owner, link target or size and SHA-256, and the first name of a
 * hard-linked file. */
export function diskLines(root: string, { owner }: DiskLineOptions = {}): string[] {
  const firstNames = new Map<bigint, string>();
  const names = fs.readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  return names.map((name) => {
    const file = path.join(root, name);
    const stats = fs.lstatSync(file, { bigint: true });
    const { uid, gid } = owner ?? { uid: Number(stats.uid), gid: Number(stats.gid) };
    const mode = stats.isSymbolicLink() ? "" : ` 0${(Number(stats.mode) & 0o7777).toString(8)}`;
    return `${name}${mode} ${uid}:${gid} ${kindAndContent(file, name, stats, firstNames)}`;
  });
}

function kindAndContent(
  file: string,
  name: string,
  stats: fs.BigIntStats,
  firstNames: Map<bigint, string>,
): string {
  if (stats.isSymbolicLink()) return `-> ${fs.readlinkSync(file)}`;
  if (stats.isDirectory()) return "directory";
  if (stats.isFIFO()) return "fifo";
  const first = stats.nlink > 1n ? firstNames.get(stats.ino) : undefined;
  if (first !== undefined) return `= ${first}`;
  firstNames.set(stats.ino, name);
  return `${stats.size} ${createHash("sha256").update(fs.readFileSync(file)).digest("hex")}`;
}
