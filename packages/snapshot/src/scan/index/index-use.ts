import type { ContextStats } from "../context-file-system.js";
import { cursorAt, type EarlierCursor, type EarlierScan, hasStat, seekName } from "./earlier-scan.js";
import { rowFlags } from "./row-flags.js";
import type { TrustTest } from "./stat-trust.js";

/** How a scan uses an index: what an earlier scan found, if anything, and which stats of the present one will tell a
 * later change. */
export interface IndexUse {
  readonly earlier: EarlierScan | undefined;
  /** "compare": everything is read, and what the earlier scan says is only held against it. */
  readonly belief: "believe" | "compare";
  /** Whether any change after the scan would give another stat. */
  isSettled(stats: ContextStats, native: string | Buffer): boolean;
}

/** What an index says of one entry of the present scan. Rows are those of the earlier scan. */
export interface RowFacts {
  readonly isSettled: boolean;
  /** The row with this path. */
  readonly named: number | undefined;
  /** The same, when it has this stat. */
  readonly same: number | undefined;
  /** The same, when what it says of the content may be believed. */
  readonly known: number | undefined;
}

/** Git's racy rule, with room for file systems that count in two seconds and clocks that do not quite agree. */
const RACY_NS = 2_000_000_000n;

const nanosecondsAMillisecond = 1_000_000n;

/** The use of an index by a scan that begins at a time, in milliseconds since 1970. A stat is settled when mtime and
 * ctime lie more than 2 s before: what is written later, even in the same tick of the file system's clock, then has
 * another ctime. Times in the future are therefore never settled. */
export function indexUse(
  earlier: EarlierScan | undefined,
  {
    startedMs,
    trust,
    belief,
  }: { readonly startedMs: number; readonly trust: TrustTest } & Pick<IndexUse, "belief">,
): IndexUse {
  const latest = BigInt(Math.floor(startedMs)) * nanosecondsAMillisecond - RACY_NS;
  const trusted = new Map<bigint, boolean>();
  let last: { dev: bigint; isTrusted: boolean } | undefined;
  const isTrusted = (dev: bigint, native: string | Buffer): boolean => {
    if (last?.dev === dev) return last.isTrusted;
    const found = trusted.get(dev) ?? trust(native);
    trusted.set(dev, found);
    last = { dev, isTrusted: found };
    return found;
  };
  return {
    earlier,
    belief,
    isSettled: (stats, native) =>
      stats.mtimeNs < latest && stats.ctimeNs < latest && isTrusted(stats.dev, native),
  };
}

/** An entry of the present scan, as an index compares it. */
export interface ComparedEntry {
  readonly name: string;
  readonly native: string | Buffer;
  readonly stats: ContextStats;
  readonly kind: number;
  readonly mode: number;
}

/** Finds an entry in the earlier scan; `cursor` is that of its directory, and names come in their order. */
export function factsOf(use: IndexUse, cursor: EarlierCursor | undefined, entry: ComparedEntry): RowFacts {
  const { earlier } = use;
  const named =
    earlier === undefined || cursor === undefined ? undefined : seekName(earlier, cursor, entry.name);
  return compare(use, named, entry);
}

/** The facts of the root, which has no name. */
export function factsOfRoot(use: IndexUse, entry: ComparedEntry): RowFacts {
  return compare(use, 0, entry);
}

/** A cursor through the entries of a directory, if the earlier scan had it. */
export function cursorOf(use: IndexUse | undefined, facts: RowFacts | undefined): EarlierCursor | undefined {
  if (use?.earlier === undefined || facts?.named === undefined) return undefined;
  return cursorAt(use.earlier, facts.named);
}

function compare(use: IndexUse, named: number | undefined, entry: ComparedEntry): RowFacts {
  const { earlier, belief } = use;
  const isSettled = use.isSettled(entry.stats, entry.native);
  if (earlier === undefined || named === undefined || !hasStat(earlier, named, entry)) {
    return { isSettled, named, same: undefined, known: undefined };
  }
  const isBelieved =
    belief === "believe" && isSettled && ((earlier.flags[named] ?? 0) & rowFlags.settled) !== 0;
  return { isSettled, named, same: named, known: isBelieved ? named : undefined };
}
