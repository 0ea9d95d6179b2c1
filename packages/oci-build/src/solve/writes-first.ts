import type { ChangeSet, FileOrigin } from "../copy/change.js";
import { isGraft, originOf } from "../copy/graft-changes.js";
import type { ChangeTotals } from "./change-totals.js";
import type { SolveContext } from "./solve-context.js";

/** Below this, hashing first costs less than writing a layer that may be there already. */
const WRITE_FIRST_MIN_BYTES = 4 * 1024 * 1024;

/** So few files hold most of the bytes where one large file was changed, and not all files are new. */
const LARGE_FILES_MAX = 4;

/** Whether to write a layer at once, hashing files on the way, so that each is read once instead of twice: where its
 * content is hardly in the cache. Content that is there all the same is then found too late, and its layer used. */
export function writesFirst(
  { totals, changes }: { readonly totals: ChangeTotals; readonly changes: ChangeSet },
  context: Pick<SolveContext, "cacheUse" | "imports" | "watcher">,
): boolean {
  if (totals.fileBytes < WRITE_FIRST_MIN_BYTES || context.watcher.lookedUp !== undefined) return false;
  if (context.cacheUse === "write-only") return true;
  // What is new here need not be new to whoever exported.
  if (context.imports.length > 0) return false;
  return isAllNew(changes) || isMostlyChanged(changes, totals);
}

/** Whether all files come from a tree that no build has seen yet. */
function isAllNew({ parts }: ChangeSet): boolean {
  return parts.every((part) => {
    const snapshot = isGraft(part) ? part.snapshot : originOf(part)?.snapshot;
    return snapshot === undefined || snapshot.isNew === true;
  });
}

/** Whether most of the bytes lie in a few files that were changed since the build before, while others were not, or
 * there are no others. In a fresh checkout all files have to be read, and their layer may well be there. */
function isMostlyChanged({ parts }: ChangeSet, { fileBytes }: ChangeTotals): boolean {
  let [files, bytes] = [0, 0];
  for (const part of parts) {
    if (isGraft(part)) {
      files += part.survey.changedFiles;
      bytes += part.survey.changedBytes;
    } else if (part.entry.type === "file" && isChanged(originOf(part))) {
      files += 1;
      bytes += part.entry.size;
    }
  }
  return files > 0 && files <= LARGE_FILES_MAX && bytes > fileBytes / 2;
}

function isChanged(origin: FileOrigin | undefined): boolean {
  return origin?.snapshot.isChanged?.(origin.path) === true;
}
