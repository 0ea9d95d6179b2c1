import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, isOciBuildError, parseDigest, systemErrorCode } from "@oci-build/oci";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";

/** Tables whose age is looked at. A store with more has not been pruned for long, and any of them will do. */
const LISTED_MAX_TABLES = 4096;

interface DatedTable {
  readonly digest: Digest;
  readonly mtimeMs: number;
}

/** The blobs that have segment tables, those first whose tables were written last. */
export async function recentTables({ paths, onWarning }: StoreContext): Promise<readonly Digest[]> {
  try {
    const names = (await readdir(paths.segments)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const dated = await Promise.all(
      names.slice(0, LISTED_MAX_TABLES).map((name) => datedTable(paths.segments, name)),
    );
    const found = dated.filter((table) => table !== undefined);
    return found.toSorted((a, b) => b.mtimeMs - a.mtimeMs).map(({ digest }) => digest);
  } catch (error) {
    const failure = storeError(error, paths.segments);
    if (!isOciBuildError(failure)) throw failure;
    onWarning(failure);
    return [];
  }
}

async function datedTable(folder: string, name: string): Promise<DatedTable | undefined> {
  try {
    const { mtimeMs } = await stat(join(folder, name));
    return { digest: parseDigest(`sha256:${name}`), mtimeMs };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
