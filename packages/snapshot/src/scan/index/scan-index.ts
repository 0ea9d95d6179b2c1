import type { DigestColumn } from "../digest-column.js";
import { entryKinds } from "../entry-kind.js";
import type { EntryTable } from "../entry-table.js";
import { decodeIndex } from "./decode-index.js";
import type { DigestIndexName, DigestIndexStore } from "./digest-index-store.js";
import { encodeIndex } from "./encode-index.js";
import { INDEX_MAX_BYTES } from "./index-layout.js";
import { type IndexUse, indexUse } from "./index-use.js";
import { contradictedPaths } from "./known-digests.js";
import { rowFlags } from "./row-flags.js";
import { fileSystemTrust, type StatTrust, type TrustTest } from "./stat-trust.js";

/** How a scan uses the index of its directory. */
export interface ScanIndexOptions {
  readonly store: DigestIndexStore;
  /** Tells the indexes of one directory apart, such as the text of its ignore file. Default: `""`. */
  readonly variant?: string | undefined;
  /** Default: "by-file-system". */
  readonly trust?: StatTrust | undefined;
  /** The clock, in milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Whether the file system of a path moves ctime with every change. Default: by its type. */
  readonly isTrusted?: TrustTest | undefined;
}

/** What a scan has learned for the next one. */
export interface ScanIndex {
  /** With the trust "never": the files hashed by now whose bytes are others than the index says, though their stats are
   * the same. A build that had gone by the stats would have been wrong about them. */
  contradictions(): readonly string[];
  /** Writes the index, with the digests that are known by now, if it says anything that the one in the store does not.
   * What the store cannot write is told by the store. */
  save(): Promise<"saved" | "unchanged">;
}

const fileKind = entryKinds.indexOf("file");

/** Reads the index of a directory and says what the scan that begins now may take from it. */
export async function openIndex(options: ScanIndexOptions, name: DigestIndexName): Promise<IndexUse> {
  const startedMs = (options.now ?? Date.now)();
  const mode = options.trust ?? "by-file-system";
  const bytes = await options.store.read(name);
  const earlier = bytes === undefined ? undefined : decodeIndex(bytes);
  const known = options.isTrusted ?? fileSystemTrust(process.platform);
  return indexUse(earlier, {
    startedMs,
    trust: mode === "always" ? () => true : known,
    belief: mode === "never" ? "compare" : "believe",
  });
}

/** The index that a finished scan leaves. */
export function scanIndex(
  { store }: ScanIndexOptions,
  name: DigestIndexName,
  scan: { readonly table: EntryTable; readonly digests: DigestColumn; readonly use: IndexUse },
): ScanIndex {
  const { table, digests, use } = scan;
  // Copies of what is needed, so that the earlier scan itself need not be kept.
  const before = use.earlier?.flags.slice();
  const compared = use.belief === "compare" ? use.earlier : undefined;
  return {
    contradictions: () => (compared === undefined ? [] : contradictedPaths(table, compared, digests)),
    save: async () => {
      const flags = finalFlags(table, digests);
      const isWrong = compared !== undefined && contradictedPaths(table, compared, digests).length > 0;
      if (
        (!isWrong && isSame(table, flags, before)) ||
        !flags.some((flag) => (flag & rowFlags.settled) !== 0)
      )
        return "unchanged";
      const bytes = encodeIndex(table, { flags, digests: digests.bytes });
      if (bytes.length > INDEX_MAX_BYTES) return "unchanged";
      await store.write(name, bytes);
      return "saved";
    },
  };
}

/** Nothing is said of rows that are not settled. */
function finalFlags(table: EntryTable, digests: DigestColumn): Uint8Array {
  const flags = table.columns.flags.slice();
  for (let row = 0; row < table.count; row++) {
    if (((flags[row] ?? 0) & rowFlags.settled) === 0) flags[row] = 0;
    else if (table.columns.kind[row] === fileKind && digests.has(table.linkGroups.get(row) ?? row))
      flags[row] = (flags[row] ?? 0) | rowFlags.digest;
  }
  return flags;
}

/** Every row has its stat, its place and what is known of it from the earlier scan, which had no others. */
function isSame({ count, columns }: EntryTable, flags: Uint8Array, before: Uint8Array | undefined): boolean {
  if (before?.length !== count) return false;
  for (let row = 0; row < count; row++) {
    if (columns.earlier[row] !== row + 1 || flags[row] !== before[row]) return false;
  }
  return true;
}
