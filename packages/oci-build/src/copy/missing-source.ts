import { nearest } from "@oci-build/dockerfile";
import { resolvePath } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import type { CopySource } from "./copy-request.js";
import { joinPath } from "./tree-paths.js";

const UNIGNORE_HINT = "Take the rule out of the ignore file, or add an exception with !.";

/** The error for a source that is not there: it names what is nearest, and the ignore rule that hides it. `written` is
 * the source as the Dockerfile has it. */
export function missingSource(source: CopySource, path: string, written: string): Error {
  const ignoredBy = source.explainMissing?.(path);
  const near = ignoredBy === undefined ? nearestPath(source, path) : undefined;
  const where = source.kind === "context" ? "the build context" : "the stage";
  return buildError("COPY_SOURCE_MISSING", {
    message:
      ignoredBy === undefined
        ? `not in ${where}: ${path}`
        : `not in ${where}: ${path} (left out by the ignore rule ${ignoredBy.pattern}${atLine(ignoredBy.line)})`,
    data: { source: written, nearest: near?.path, ignoredBy },
    hint: ignoredBy === undefined ? near?.hint : UNIGNORE_HINT,
  });
}

function atLine(line: number | undefined): string {
  return line === undefined ? "" : ` in line ${line}`;
}

/** A name like the missing one in the deepest directory that exists, else that directory. */
function nearestPath({ snapshot }: CopySource, path: string): { path: string; hint: string } | undefined {
  const names = path.split("/");
  for (let depth = names.length - 1; depth >= 0; depth--) {
    const directory = resolvePath(snapshot, names.slice(0, depth).join("/"), "follow-last").path;
    const listed = snapshot.list(directory);
    if (listed === undefined) continue;
    const similar = nearest(names[depth] ?? "", listed);
    if (similar !== undefined) {
      const near = joinPath(directory, similar);
      return { path: near, hint: `Did you mean ${near}?` };
    }
    return directory === ""
      ? undefined
      : { path: directory, hint: `The nearest that exists is ${directory}.` };
  }
  return undefined;
}
