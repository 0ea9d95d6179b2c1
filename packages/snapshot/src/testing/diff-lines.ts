import type { SnapshotDifference } from "../diff/diff-snapshots.js";

/** Differences as lines: `+ added`, `- deleted`, `~ changed: mode, content`. */
export function diffLines(differences: readonly SnapshotDifference[]): readonly string[] {
  return differences.map((difference) => {
    if (difference.kind === "added") return `+ ${difference.path}`;
    if (difference.kind === "deleted") return `- ${difference.path}`;
    return `~ ${difference.path}: ${difference.attributes.join(", ")}`;
  });
}
