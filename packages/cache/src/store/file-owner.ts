import { type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

/** A file or folder of another user that is in the way. */
export interface ForeignFile {
  readonly uid: number;
  /** The outermost one of others in a folder that is this user's own; undefined where there is no such folder. */
  readonly removable: string | undefined;
}

/** Who else owns what is at a path, or what stands in the way to it; undefined where it is this user's. */
export function foreignFile(path: string): ForeignFile | undefined {
  const self = process.geteuid?.();
  const found = self === undefined ? undefined : nearestThere(path);
  if (found === undefined || found.stats.uid === self) return undefined;
  const { uid } = found.stats;
  for (let outermost = found.path; ; outermost = dirname(outermost)) {
    const above = dirname(outermost);
    if (above === outermost) return { uid, removable: undefined };
    if (statOf(above)?.uid === self) return { uid, removable: outermost };
  }
}

/** What is at a path, or else the innermost folder on the way to it that can be seen. */
export function nearestThere(path: string): { readonly path: string; readonly stats: Stats } | undefined {
  for (let at = path; ; at = dirname(at)) {
    const stats = statOf(at);
    if (stats !== undefined) return { path: at, stats };
    if (dirname(at) === at) return undefined;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    return undefined;
  }
}
