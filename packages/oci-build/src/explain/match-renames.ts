import type { ContentEntry, DigestedFile } from "@oci-build/snapshot";
import { baseName } from "../copy/tree-paths.js";
import { attributeChanges } from "./attribute-changes.js";
import type { FileChange } from "./file-change.js";

/** Entries whose path only one side has. */
export interface LonePaths {
  readonly before: ContentEntry[];
  readonly after: ContentEntry[];
}

/** What became of paths that one side does not have. A file that is gone and one that is new are one renamed file when
 * they have the same bytes; of several, those with the same name belong together first. Empty files say nothing. */
export function matchRenames({ before, after }: LonePaths): readonly FileChange[] {
  const renamed = new Map<ContentEntry, DigestedFile>();
  const [gone, made] = [files(before), files(after)];
  pairUp(gone, made, { keyOf: ({ digest, path }) => `${digest} ${baseName(path)}`, renamed });
  pairUp(gone, made, { keyOf: ({ digest }) => digest, renamed });
  const taken = new Set<ContentEntry>(renamed.values());
  return [
    ...after.map((now) => newChange(now, renamed.get(now))),
    ...before
      .filter((old) => !taken.has(old))
      .map(({ path, type }): FileChange => ({ kind: "deleted", path, type })),
  ];
}

function newChange(now: ContentEntry, old: DigestedFile | undefined): FileChange {
  const { path, type } = now;
  if (old === undefined) return { kind: "added", path, type };
  return { kind: "renamed", from: old.path, path, type, attributes: attributeChanges(old, now) };
}

function files(entries: readonly ContentEntry[]): readonly DigestedFile[] {
  return entries.filter((entry) => entry.type === "file" && entry.size > 0) as DigestedFile[];
}

/** Adds to `renamed` the files of both sides that have one key, in their order, each at most once. */
function pairUp(
  gone: readonly DigestedFile[],
  made: readonly DigestedFile[],
  {
    keyOf,
    renamed,
  }: {
    readonly keyOf: (file: DigestedFile) => string;
    readonly renamed: Map<ContentEntry, DigestedFile>;
  },
): void {
  const taken = new Set<ContentEntry>(renamed.values());
  const waiting = new Map<string, DigestedFile[]>();
  // From the end, so that the first of a key is the last of its list.
  for (const file of gone.toReversed()) {
    if (taken.has(file)) continue;
    const key = keyOf(file);
    const same = waiting.get(key);
    if (same === undefined) waiting.set(key, [file]);
    else same.push(file);
  }
  for (const file of made) {
    if (renamed.has(file)) continue;
    const old = waiting.get(keyOf(file))?.pop();
    if (old !== undefined) renamed.set(file, old);
  }
}
