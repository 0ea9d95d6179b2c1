import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";

/** Lists some paths of a folder and all below them, sorted, as plain data that can be compared: type, mode, owner,
 * link target, SHA-256. Times are left out. */
export function listTree(folder, paths) {
  const entries = [];
  for (const path of paths) visit(folder, join(folder, path), entries);
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function visit(folder, absolute, entries) {
  const stat = lstatSync(absolute);
  const path = relative(folder, absolute).replaceAll("\\", "/");
  if (path !== "") entries.push({ path, ...described(absolute, stat), owner: `${stat.uid}:${stat.gid}` });
  if (!stat.isDirectory()) return;
  for (const name of readdirSync(absolute)) visit(folder, join(absolute, name), entries);
}

function described(absolute, stat) {
  if (stat.isSymbolicLink()) return { type: "link", target: readlinkSync(absolute) };
  const mode = (stat.mode & 0o7777).toString(8);
  if (stat.isDirectory()) return { type: "directory", mode };
  if (!stat.isFile()) return { type: "other", mode };
  return { type: "file", mode, sha256: createHash("sha256").update(readFileSync(absolute)).digest("hex") };
}
