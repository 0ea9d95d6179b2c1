import type { HashWork, Snapshot } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import { isGraft, originOf } from "../copy/graft-changes.js";

/** How much a change set is. */
export interface ChangeTotals {
  readonly entries: number;
  /** Bytes of all files that a layer of it holds. */
  readonly fileBytes: number;
}

export function changeTotals({ parts }: ChangeSet): ChangeTotals {
  let [entries, fileBytes] = [0, 0];
  for (const part of parts) {
    if (isGraft(part)) {
      entries += part.survey.entries;
      fileBytes += part.survey.fileBytes;
    } else {
      entries += 1;
      fileBytes += part.entry.type === "file" ? part.entry.size : 0;
    }
  }
  return { entries, fileBytes };
}

/** What the trees that a change set comes from have read so far to know digests. */
export function hashWork({ parts }: ChangeSet): HashWork {
  const snapshots = new Set<Snapshot>();
  for (const part of parts) {
    const { snapshot } = isGraft(part) ? part : (originOf(part) ?? {});
    if (snapshot !== undefined) snapshots.add(snapshot);
  }
  let [files, bytes] = [0, 0];
  for (const { hashed } of snapshots) {
    files += hashed?.files ?? 0;
    bytes += hashed?.bytes ?? 0;
  }
  return { files, bytes };
}
