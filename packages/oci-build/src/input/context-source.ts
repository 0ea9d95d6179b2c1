import path from "node:path";
import { type LeftOutRule, type PatternMatcher, scanDirectory } from "@oci-build/snapshot";
import type { CopySource } from "../copy/copy-request.js";
import type { EmitEvent } from "../events/build-event.js";
import type { ContextFolder } from "./context-folder.js";

/** How a context is to be scanned. `written` tells which files of the machine the build writes itself. */
export interface ContextScan {
  readonly folder: ContextFolder;
  readonly ignore: PatternMatcher | undefined;
  readonly written: LeftOutRule;
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

async function scanContext({ folder, ignore, written, emit, signal }: ContextScan): Promise<CopySource> {
  const startedMs = Date.now();
  emit({ type: "context.started", root: folder.label });
  const { snapshot, warnings } = await scanDirectory({
    root: folder.root,
    ...(folder.kind === "host" ? {} : { fs: folder.fs }),
    ignore,
    ...(folder.kind === "host" ? { exclude: written } : {}),
    owners: { uid: 0, gid: 0 },
    // Differs: BuildKit drops the user attributes of a local context; here they are kept.
    xattrs: folder.kind === "host" ? "read" : "skip",
    signal,
  });
  for (const { kind, message } of warnings) emit({ type: "warning", code: warningCode(kind), message });
  emit({ type: "context.scanned", entries: snapshot.entryCount, durationMs: Date.now() - startedMs });
  return { kind: "context", snapshot, explainMissing: (missing) => explainMissing(folder, ignore, missing) };
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
