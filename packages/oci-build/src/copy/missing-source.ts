import { nearest } from "@oci-build/dockerfile";
import { resolvePath } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import { baseName, joinPath, parentPath } from "./change-tree.js";
import type { CopySource } from "./copy-request.js";

/** The error for a source that is not there: it names what is nearest, and the ignore rule that hides it. */
export function missingSource(source: CopySource, path: string): Error {
  const ignoredBy = source.explainMissing?.(path);
  const near = ignoredBy === undefined ? nearestPath(source, path) : undefined;
  const where = source.kind === "context" ? "the build context" : "the stage";
  return buildError("COPY_SOURCE_MISSING", {
    message:
      ignoredBy === undefined
        ? `not in ${where}: ${path}`
        : `not in ${where}: ${path} (left out by the ignore rule ${ignoredBy.pattern}${atLine(ignoredBy.line)})`,
    data: { source: path, nearest: near, ignoredBy },
    hint: hintFor(near, ignoredBy?.pattern),
  });
}

function atLine(line: number | undefined): string {
  return line === undefined ? "" : ` in line ${line}`;
}

function hintFor(near: string | undefined, pattern: string | undefined): string | undefined {
  if (pattern !== undefined) return "Take the rule out of the ignore file, or add an exception with !.";
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

/** A name like the missing one in the deepest directory that exists. */
function nearestPath(source: CopySource, path: string): string | undefined {
  const names = path.split("/");
  for (let depth = names.length - 1; depth >= 0; depth--) {
    const directory = resolvePath(source.snapshot, names.slice(0, depth).join("/"), "follow-last");
    const listed = source.snapshot.list(directory.path);
    if (listed === undefined) continue;
    const near = nearest(names[depth] ?? baseName(path), listed);
    if (near !== undefined) return joinPath(directory.path, near);
    return directory.path === "" ? undefined : parentPath(joinPath(directory.path, "x"));
  }
  return undefined;
}
