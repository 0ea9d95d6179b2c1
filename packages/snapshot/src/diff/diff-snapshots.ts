import { compareTreePaths, type Entry } from "@oci-build/oci";
import type { Snapshot } from "../snapshot.js";
import { changedAttributes, type EntryAttribute } from "./entry-attributes.js";
import { type HardLinkNames, hardLinkNames } from "./hard-link-names.js";

/** One difference between two trees, at one path. */
export type SnapshotDifference =
  | { readonly kind: "added"; readonly path: string; readonly after: Entry }
  | { readonly kind: "deleted"; readonly path: string; readonly before: Entry }
  | {
      readonly kind: "changed";
      readonly path: string;
      readonly before: Entry;
      readonly after: Entry;
      /** In a fixed order; never empty. */
      readonly attributes: readonly EntryAttribute[];
    };

export interface DiffOptions {
  /** "compare" for layers, where a new time alone is a change; "ignore" (the default) for content. */
  readonly times?: "compare" | "ignore" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What must be done to one tree to get another, in the order of paths. Below a deleted directory every entry is
 * reported. Files of the same size are read, unless their digests are known; times do not stand for content.
 * @throws OciBuildError as `fileDigest`; the signal's reason when aborted */
export async function diffSnapshots(
  before: Snapshot,
  after: Snapshot,
  options: DiffOptions = {},
): Promise<readonly SnapshotDifference[]> {
  const differences: SnapshotDifference[] = [];
  const links = { before: hardLinkNames(before), after: hardLinkNames(after) };
  for (const pair of pairEntries(before, after)) {
    options.signal?.throwIfAborted();
    if (pair.before === undefined) differences.push({ kind: "added", path: pair.path, after: pair.after });
    else if (pair.after === undefined)
      differences.push({ kind: "deleted", path: pair.path, before: pair.before });
    else {
      const attributes = changedAttributes(pair.before, pair.after, options.times ?? "ignore");
      if (await hasNewContent(pair, before, after)) attributes.push("content");
      if (hasNewLinks(pair.path, links)) attributes.push("hard links");
      if (attributes.length > 0) differences.push({ kind: "changed", ...pair, attributes });
    }
  }
  return differences;
}

type Pair = { readonly path: string } & (
  | { readonly before: Entry; readonly after: Entry }
  | { readonly before: Entry; readonly after: undefined }
  | { readonly before: undefined; readonly after: Entry }
);

/** Both trees' entries in the order of paths, those with the same path together. */
function* pairEntries(before: Snapshot, after: Snapshot): Iterable<Pair> {
  const left = before.entries()[Symbol.iterator]();
  const right = after.entries()[Symbol.iterator]();
  let a = left.next();
  let b = right.next();
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareTreePaths(a.value.path, b.value.path);
    if (order < 0 && a.done !== true) yield { path: a.value.path, before: a.value, after: undefined };
    else if (order > 0 && b.done !== true) yield { path: b.value.path, before: undefined, after: b.value };
    else if (a.done !== true && b.done !== true)
      yield { path: a.value.path, before: a.value, after: b.value };
    if (order <= 0) a = left.next();
    if (order >= 0) b = right.next();
  }
}

async function hasNewContent(pair: Pair, before: Snapshot, after: Snapshot): Promise<boolean> {
  if (pair.before?.type !== "file" || pair.after?.type !== "file") return false;
  if (pair.before.size !== pair.after.size) return true;
  return (await before.fileDigest(pair.path)) !== (await after.fileDigest(pair.path));
}

function hasNewLinks(
  path: string,
  links: { readonly before: HardLinkNames; readonly after: HardLinkNames },
): boolean {
  return links.before.get(path) !== links.after.get(path);
}
