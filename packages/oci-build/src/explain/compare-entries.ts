import { compareTreePaths } from "@oci-build/oci";
import type { ContentEntry } from "@oci-build/snapshot";
import { attributeChanges } from "./attribute-changes.js";
import type { FileChange } from "./file-change.js";
import { type LonePaths, matchRenames } from "./match-renames.js";

/** How what a step writes differs from what it wrote before: both lists as layers are sorted, so that one walk through
 * them tells. Times are no difference. The changes are in the order of their paths. */
export function compareEntries(
  before: Iterable<ContentEntry>,
  after: Iterable<ContentEntry>,
): readonly FileChange[] {
  const changed: FileChange[] = [];
  const lone: LonePaths = { before: [], after: [] };
  for (const [old, now] of pairs(before, after)) {
    if (old === undefined || now === undefined) {
      if (old !== undefined) lone.before.push(old);
      if (now !== undefined) lone.after.push(now);
      continue;
    }
    const attributes = attributeChanges(old, now);
    if (attributes.length > 0) {
      changed.push({ kind: "changed", path: now.path, type: now.type, attributes });
    }
  }
  return [...changed, ...matchRenames(lone)].sort((a, b) => compareTreePaths(a.path, b.path));
}

type Pair = readonly [before: ContentEntry | undefined, after: ContentEntry | undefined];

/** The entries of both lists in the order of paths, those of one path together. */
function* pairs(before: Iterable<ContentEntry>, after: Iterable<ContentEntry>): Iterable<Pair> {
  const left = before[Symbol.iterator]();
  const right = after[Symbol.iterator]();
  let a = left.next();
  let b = right.next();
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareTreePaths(a.value.path, b.value.path);
    yield [order <= 0 ? a.value : undefined, order >= 0 ? b.value : undefined];
    if (order <= 0) a = left.next();
    if (order >= 0) b = right.next();
  }
}
