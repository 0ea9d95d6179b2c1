import type { Entry, EntryMeta } from "@oci-build/oci";
import { entryKinds } from "./entry-kind.js";
import type { TreeTable } from "./tree-table.js";

/** The path of a row, from the names of all directories above it. */
export function pathOfRow(table: TreeTable, row: number): string {
  const names: string[] = [];
  for (let at = row; at !== 0; at = table.columns.parent[at] ?? 0) names.push(table.names[at] ?? "");
  return names.reverse().join("/");
}

/** The type of a row. */
export function typeOfRow(table: TreeTable, row: number): Entry["type"] {
  return entryKinds[table.columns.kind[row] ?? 0] ?? "directory";
}

/** The entry of a row, made anew from its columns. */
export function entryOfRow(table: TreeTable, row: number, path: string): Entry {
  const meta = metaOfRow(table, row, path);
  const type = typeOfRow(table, row);
  if (type === "directory" || type === "fifo") return { type, ...meta };
  if (type === "symlink") return { type, ...meta, target: table.targets.get(row) ?? "" };
  if (type === "file")
    return { type, ...meta, size: table.columns.size[row] ?? 0, ...groupOfRow(table, row) };
  const device = table.rdevs.get(row) ?? 0n;
  return { type, ...meta, deviceMajor: deviceMajor(device), deviceMinor: deviceMinor(device) };
}

function metaOfRow(table: TreeTable, row: number, path: string): EntryMeta {
  const { mode, uid, gid, mtimeSec } = table.columns;
  const xattrs = table.xattrs.get(row);
  const meta = {
    path,
    mode: mode[row] ?? 0,
    uid: uid[row] ?? 0,
    gid: gid[row] ?? 0,
    mtimeSec: mtimeSec[row] ?? 0,
  };
  return xattrs === undefined ? meta : { ...meta, xattrs };
}

function groupOfRow(table: TreeTable, row: number): { linkGroup?: string } {
  const first = table.linkGroups.get(row);
  if (first === undefined) return {};
  const path = pathOfRow(table, first);
  return { linkGroup: table.linkPrefix === undefined ? path : table.linkPrefix + path };
}

/** The number of a device as a stat has it. */
export function deviceNumber(major: number, minor: number): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return (
    (low & 0xffn) | ((high & 0xfffn) << 8n) | ((low & 0xffffff00n) << 12n) | ((high & 0xfffff000n) << 32n)
  );
}

/** Linux's encoding of device numbers in a stat: minor in bits 0-7 and 20-31, major in 8-19 and 32-43 and above. */
function deviceMajor(device: bigint): number {
  return Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n));
}

function deviceMinor(device: bigint): number {
  return Number((device & 0xffn) | ((device >> 12n) & 0xffffff00n));
}
