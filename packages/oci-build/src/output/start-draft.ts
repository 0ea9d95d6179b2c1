import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { Cache } from "@oci-build/cache";
import { isOciBuildError } from "@oci-build/oci";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { ResolvedOutput } from "../options/resolve-outputs.js";
import { resolveDestination } from "./destination.js";
import type { Draft } from "./draft.js";

const MiB = 1024 * 1024;

/** Below this, a thread takes longer to start than the output to be written. */
const DRAFT_MIN_BYTES = 64 * MiB;

/** What may be written in vain, at the most. */
const DRAFT_MAX_BYTES = 4096 * MiB;

/** Where drafts are looked for and how large they have to be. */
export interface DraftContext {
  readonly options: Pick<ResolvedOptions, "cacheUse" | "outputs">;
  readonly cache: Pick<Cache, "root" | "writtenOutput">;
  readonly minBytes?: number | undefined;
}

/** Begins to write an output that is gone as it was last, while the context is scanned on this thread: mostly nothing
 * has changed, and then it only needs its name. A blob counts only when it has its digest and stands where the new
 * output has it, so that a wrong guess costs a second core some work and nothing else. Undefined where it would not
 * pay. */
export async function startDraft(context: DraftContext): Promise<Draft | undefined> {
  const { cacheUse, outputs } = context.options;
  const file = cacheUse === "write-only" ? undefined : outputs.map(absentFile).find(isFile);
  if (file === undefined || availableParallelism() < 2) return undefined;
  const { cache, minBytes = DRAFT_MIN_BYTES } = context;
  const { blobs = [] } = (await cache.writtenOutput(file)) ?? {};
  const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
  if (bytes < minBytes || bytes > DRAFT_MAX_BYTES) return undefined;
  const { openDraft } = await import("./draft.js");
  try {
    return await openDraft({ file, blobs, layout: cache.root });
  } catch (error) {
    // The output is written later all the same, and tells what is wrong.
    if (error instanceof Error && "syscall" in error) return undefined;
    throw error;
  }
}

function isFile(file: string | undefined): boolean {
  return file !== undefined;
}

/** The real path of an output file that is not there. */
function absentFile(output: ResolvedOutput): string | undefined {
  if (output.kind !== "archive" || output.form === "folder" || typeof output.dest !== "string")
    return undefined;
  try {
    if (statSync(output.dest, { throwIfNoEntry: false }) !== undefined) return undefined;
    const destination = resolveDestination(path.resolve(output.dest));
    return destination.kind === "replace" ? destination.path : undefined;
  } catch (error) {
    // ENOTDIR and such: told when the output is written.
    if (isOciBuildError(error) || (error instanceof Error && "syscall" in error)) return undefined;
    throw error;
  }
}
