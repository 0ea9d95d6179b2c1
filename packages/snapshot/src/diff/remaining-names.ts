import type { Snapshot } from "../snapshot.js";
import type { SnapshotDifference } from "./diff-snapshots.js";
import { type HardLinkNames, hardLinkNames } from "./hard-link-names.js";

/** Names that are hard links of each other in the second tree. */
interface Remaining {
  readonly names: string[];
  /** The first name that their file had; `""`, which is no file's, when they come from several. */
  file: string;
}

/** Names that need not be written although their hard links changed: they are what remains of a file of the first tree
 * whose other names are deleted or written. When a file fell apart into several, only one of them is what remains. */
export function remainingNames(
  differences: readonly SnapshotDifference[],
  before: Snapshot,
  after: Snapshot,
): ReadonlySet<string> {
  const unlinked = differences.filter(isOnlyUnlinked).map(({ path }) => path);
  if (unlinked.length === 0) return new Set();
  const names = { before: hardLinkNames(before), after: hardLinkNames(after) };
  const sizes = countNames(names.after);
  const changed = new Set(differences.map(({ path }) => path));
  const remaining = new Set<string>();
  const files = new Set<string>();
  for (const [first, { names: all, file }] of remains(unlinked, names)) {
    const isWhole = all.length === (sizes.get(first) ?? 1);
    if (!isWhole || file === "" || !changed.has(file) || files.has(file)) continue;
    files.add(file);
    for (const path of all) remaining.add(path);
  }
  return remaining;
}

function isOnlyUnlinked(difference: SnapshotDifference): boolean {
  return difference.kind === "changed" && difference.attributes.every((name) => name === "hard links");
}

/** By the first name that each has in the second tree. */
function remains(
  paths: readonly string[],
  names: { readonly before: HardLinkNames; readonly after: HardLinkNames },
): ReadonlyMap<string, Remaining> {
  const found = new Map<string, Remaining>();
  for (const path of paths) {
    const first = names.after.get(path) ?? path;
    const file = names.before.get(path) ?? path;
    const known = found.get(first);
    if (known === undefined) found.set(first, { names: [path], file });
    else {
      known.names.push(path);
      if (known.file !== file) known.file = "";
    }
  }
  return found;
}

/** How many names each file of several has, by the first of them. */
function countNames(names: HardLinkNames): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const first of names.values()) counts.set(first, (counts.get(first) ?? 1) + 1);
  return counts;
}
