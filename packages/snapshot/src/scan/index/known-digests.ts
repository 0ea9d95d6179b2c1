import type { DigestColumn } from "../digest-column.js";
import { entryKinds } from "../entry-kind.js";
import type { EntryTable } from "../entry-table.js";
import { pathOfRow } from "../table-entry.js";
import type { EarlierScan } from "./earlier-scan.js";
import { DIGEST_BYTES } from "./index-layout.js";
import type { IndexUse } from "./index-use.js";
import { rowFlags } from "./row-flags.js";

const fileKind = entryKinds.indexOf("file");

/** Takes the digests of unchanged files over from the earlier scan, if it is believed. Gives their count. */
export function takeDigests(table: EntryTable, { earlier, belief }: IndexUse, digests: DigestColumn): number {
  if (earlier === undefined || belief === "compare") return 0;
  let count = 0;
  for (const [row, from] of digestedRows(table, earlier)) {
    digests.copy(row, earlier.digests, from);
    count++;
  }
  return count;
}

/** The files whose bytes are others than the earlier scan says, though their stats are the same. */
export function contradictedPaths(
  table: EntryTable,
  earlier: EarlierScan,
  digests: DigestColumn,
): readonly string[] {
  const paths: string[] = [];
  for (const [row, from] of digestedRows(table, earlier)) {
    const own = digests.bytesOf(table.linkGroups.get(row) ?? row);
    if (own === undefined) continue;
    const start = from * DIGEST_BYTES;
    const claimed = earlier.digests.subarray(start, start + DIGEST_BYTES);
    if (own.bytes.compare(claimed, 0, DIGEST_BYTES, own.offset, own.offset + DIGEST_BYTES) !== 0)
      paths.push(pathOfRow(table, row));
  }
  return paths;
}

/** The files of which the earlier scan tells the digest: their rows now and then. */
function* digestedRows(
  { count, columns: { kind, flags, earlier: rows } }: EntryTable,
  earlier: EarlierScan,
): Iterable<readonly [row: number, from: number]> {
  const needed = rowFlags.settled | rowFlags.digest;
  for (let row = 0; row < count; row++) {
    const from = (rows[row] ?? 0) - 1;
    if (from < 0 || kind[row] !== fileKind || ((flags[row] ?? 0) & rowFlags.settled) === 0) continue;
    if (((earlier.flags[from] ?? 0) & needed) === needed) yield [row, from];
  }
}
