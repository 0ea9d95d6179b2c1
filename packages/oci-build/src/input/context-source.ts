import path from "node:path";
import {
  type DigestIndexStore,
  type LeftOutRule,
  type PatternMatcher,
  type ScanResult,
  type StatTrust,
  scanDirectory,
} from "@oci-build/snapshot";
import type { CopySource } from "../copy/copy-request.js";
import type { EmitEvent } from "../events/build-event.js";
import type { ContextFolder } from "./context-folder.js";

/** What is to be known of a context's files from the build before, and kept for the next. */
export interface ContextIndex {
  readonly store: DigestIndexStore;
  readonly ignoreText: string | undefined;
  readonly trustStat: StatTrust;
  /** Gets what is to be done when all files that the build needs are hashed. It never fails. */
  readonly later: (save: () => Promise<unknown>) => void;
}

/** How a context is to be scanned. `written` tells which files of the machine the build writes itself. */
export interface ContextScan {
  readonly folder: ContextFolder;
  readonly ignore: PatternMatcher | undefined;
  readonly written: LeftOutRule;
  readonly index?: ContextIndex | undefined;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal | undefined;
}

/** The context as a tree, scanned when first asked for and only then. Owners are 0:0, whatever they are on disk. */
export function contextSource(scan: ContextScan): () => Promise<CopySource> {
  let source: Promise<CopySource> | undefined;
  return () => {
    source ??= scanContext(scan);
    return source;
  };
}

async function scanContext({
  folder,
  ignore,
  written,
  index,
  emit,
  signal,
}: ContextScan): Promise<CopySource> {
  const startedMs = Date.now();
  emit({ type: "context.started", root: folder.label });
  const scan = await scanDirectory({
    root: folder.root,
    ...(folder.kind === "host" ? { exclude: written } : { fs: folder.fs }),
    ignore,
    owners: { uid: 0, gid: 0 },
    // Differs: BuildKit drops the user attributes of a local context; here they are kept.
    xattrs: folder.kind === "host" ? "read" : "skip",
    index: index && { store: index.store, variant: index.ignoreText, trust: index.trustStat },
    signal,
  });
  const { snapshot, warnings } = scan;
  index?.later(() => keepIndex(scan, emit));
  for (const { kind, message } of warnings) emit({ type: "warning", code: warningCode(kind), message });
  const durationMs = Date.now() - startedMs;
  emit({
    type: "context.scanned",
    root: folder.label,
    entries: snapshot.entryCount,
    ...snapshot.work,
    durationMs,
  });
  return { kind: "context", snapshot, explainMissing: (missing) => explainMissing(folder, ignore, missing) };
}

async function keepIndex({ index }: ScanResult, emit: EmitEvent): Promise<void> {
  for (const name of index?.contradictions() ?? []) {
    const message = `${JSON.stringify(name)} changed since it was hashed, though its stat did not`;
    emit({ type: "warning", code: "CONTEXT_STAT_MISLEADING", message });
  }
  await index?.save();
}

/** `socket-left-out` as events name it: `CONTEXT_SOCKET_LEFT_OUT`. */
function warningCode(kind: string): string {
  return `CONTEXT_${kind.toUpperCase().replaceAll("-", "_")}`;
}

/** The rule that hides a file which is there. */
function explainMissing(
  folder: ContextFolder,
  ignore: PatternMatcher | undefined,
  missing: string,
): { pattern: string; line: number | undefined } | undefined {
  const verdict = ignore?.explain(missing);
  if (verdict?.excluded !== true || !exists(folder, missing)) return undefined;
  return { pattern: verdict.pattern, line: verdict.line };
}

function exists(folder: ContextFolder, relative: string): boolean {
  try {
    return folder.fs.lstatSync(path.join(folder.root, relative), { bigint: true }) !== undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}
